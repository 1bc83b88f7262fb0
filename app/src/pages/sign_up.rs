//! `/sign-up`: a new account, signed in at once.

use leptos::prelude::*;
use shared::{
    api::{AcceptInvite, Code, FieldCode, FieldProblem, Me, Problem, SignIn, SignUp, SignUpRule},
    limits,
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::sign_in,
    ui::{
        chrome,
        empty::empty,
        field::field,
        form::{Form, form, submit},
        head,
    },
    visit::{here, shared_locale},
};

/// The page where one makes an account.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let next = sign_in::next();
    if here.me.with_untracked(|me| me.person.is_some()) {
        answer::go(&next);
    }
    let (rule, domains) = here.me.with_untracked(|me| (me.workspace.sign_up, me.workspace.domains.join(", ")));
    let title = move || t_string!(i18n, sign_up.title, name = here.me.with(|me| me.workspace.name.clone()));
    let state = Form::new("sign-up");
    let back = sign_in::with_next("/sign-in", &next);
    let send = move || join(state, None, next.clone());
    let way_in = match rule {
        SignUpRule::Invite => {
            let (title, hint) =
                (move || t_string!(i18n, sign_up.by_invite), move || t_string!(i18n, sign_up.by_invite_hint));
            empty("key", title, hint, None)
        }
        SignUpRule::Open | SignUpRule::Domain => {
            let only = (rule == SignUpRule::Domain).then(|| {
                view! {
                    <p class="note-bar" data-colour="sky">{t!(i18n, sign_up.by_domain, domains = domains.clone())}</p>
                }
            });
            let form = form(state, send, fields(state), submit(state, move || t_string!(i18n, sign_up.send)));
            view! { <section class="panel">{only} {form}</section> }.into_any()
        }
    };
    view! {
        {head::title(title)}
        <div class="page account">
            <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, sign_up.lead)}</p></header>
            {way_in}
            <p class="account-other">
                {t!(i18n, sign_up.have_account)} " " <a href=back>{t!(i18n, nav.sign_in)}</a>
            </p>
        </div>
    }
    .into_any()
}

/// Name, address and password of somebody new.
pub fn fields(form: Form) -> AnyView {
    let i18n = use_i18n();
    view! {
        {field("name", t!(i18n, account.name)).hint(t!(i18n, account.name_hint)).autocomplete("name").place(form)}
        {field("email", t!(i18n, account.email))
            .hint(t!(i18n, account.email_hint))
            .kind("email")
            .autocomplete("username")
            .place(form)}
        {field("password", t!(i18n, account.password))
            .hint(t!(i18n, account.password_hint, min = limits::PASSWORD_MIN))
            .kind("password")
            .autocomplete("new-password")
            .place(form)}
        <label class="tick">
            <input type="checkbox" name="weekly" value="true" />
            <span>{t!(i18n, mail.sign_up)}</span>
        </label>
    }
    .into_any()
}

/// Makes the account and signs in. The first answer does not tell whether the address was new; the second does to
/// whoever knows its password.
pub fn join(form: Form, invite: Option<String>, next: String) {
    let account = SignUp {
        name: form.value("name"),
        email: form.value("email"),
        password: form.raw("password"),
        invite: invite.clone(),
        weekly: !form.ticked("weekly").is_empty(),
        locale: Some(shared_locale(use_i18n().get_locale_untracked())),
    };
    let call = async move {
        api::post::<()>("/accounts", &account).await?;
        let request = SignIn { email: account.email, password: account.password };
        api::post::<Me>("/session", &request).await.map_err(known)?;
        if let Some(token) = invite {
            // An account of before has not taken it up yet; a new one says so again.
            api::post::<Me>("/invites/accept", &AcceptInvite { token }).await?;
        }
        Ok(())
    };
    form.send(call, move |()| chrome::leave_to(&next));
}

/// What was typed made no account, and opens none: the address has one, with another password.
fn known(problem: Problem) -> Problem {
    if problem.code != Code::BadCredentials {
        return problem;
    }
    let mut taken = Problem::new(Code::Invalid, "The address has an account already.");
    taken.fields.insert("email".to_owned(), FieldProblem::new(FieldCode::Taken, "has an account already"));
    taken
}
