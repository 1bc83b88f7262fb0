//! How people get an account.

use rand::Rng as _;
use shared::{
    Locale, PersonId, Role,
    api::{Digest, FieldCode, FieldProblem, PersonView, SignUp, SignUpRule},
    limits,
    slug::slug,
};

use super::{
    Error,
    fields::{self, Fields},
    invites,
    mail::{self, Delivery},
    now,
    password::Passwords,
};
use crate::store::{
    Db, StoreError, Tx,
    people::{self, Account},
    workspace::{self, Settings},
};

/// An account to be made. Its texts are in their normal form.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The name to be shown by.
    pub name: String,
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password, hashed.
    pub password_hash: String,
    /// The role.
    pub role: Role,
}

/// Makes an account with a handle of its own; `None` when the e-mail address has one already.
///
/// # Errors
/// When the database fails.
pub async fn create(tx: &mut Tx, new: NewAccount) -> Result<Option<PersonView>, StoreError> {
    let mut account = Account {
        person: PersonView {
            id: PersonId::new(),
            handle: String::new(),
            name: new.name,
            role: new.role,
            unclaimed: false,
            left: false,
        },
        email: new.email,
        password_hash: new.password_hash,
        locale: None,
        created_at: now(),
    };
    let base = match slug(&account.person.name) {
        empty if empty.is_empty() => "guest".to_owned(),
        slug => slug,
    };
    for attempt in 1.. {
        account.person.handle = handle(&base, attempt);
        if people::add(tx, &account).await? {
            break;
        }
        if people::account_by_email(tx, &account.email).await?.is_some() {
            return Ok(None);
        }
    }
    Ok(Some(account.person))
}

/// `marie`, `marie-2` to `marie-9`, and then at random: with a thousand of them nobody counts through.
pub(super) fn handle(base: &str, attempt: u32) -> String {
    match attempt {
        1 => base.to_owned(),
        2..=9 => format!("{base}-{attempt}"),
        _ => format!("{base}-{}", rand::rng().random_range(10..1_000_000)),
    }
}

/// Signs somebody up. Whether the e-mail address had an account already cannot be told, by the answer or by its time.
///
/// # Errors
/// When fields are not acceptable, the invite is not valid, or one is needed.
pub async fn sign_up(db: &Db, passwords: &Passwords, delivery: Delivery, request: SignUp) -> Result<(), Error> {
    let settings = workspace::settings(&mut db.read().await?).await?;
    let settings = settings.ok_or_else(|| Error::Conflict("this workspace waits for its owner to set it up".into()))?;
    let mut fields = Fields::default();
    let name = fields.check("name", fields::line(&request.name, limits::NAME));
    let email = fields.check("email", fields::email(&request.email));
    let password = fields.check("password", fields::new_password(&request.password));
    if request.invite.is_none()
        && let Err((field, problem)) = may_join(&settings, email.as_deref())
    {
        fields.check::<()>(field, Err(problem));
    }
    fields.done()?;
    let (Some(name), Some(email), Some(password)) = (name, email, password) else {
        return Err(Error::Fault("a refused field had no problem".into()));
    };

    // First, without holding a transaction: hashing is slow. And always, so that every answer takes as long.
    let password_hash = passwords.turn().await?.hash(password.to_owned()).await?;

    let mut tx = db.write().await?;
    let invite = match &request.invite {
        Some(secret) => Some(invites::valid(&mut tx, secret).await?),
        None => None,
    };
    let role = invite.as_ref().map_or(Role::Customer, |invite| invite.role);
    let new = NewAccount { name, email, password_hash, role };
    let begins = Begins {
        delivery,
        digest: if request.weekly { Digest::Weekly } else { Digest::Never },
        locale: request.locale.filter(|locale| settings.languages.contains(locale)),
    };
    match create(&mut tx, new.clone()).await? {
        Some(person) => {
            begins.at(&mut tx, person.id, &new.email).await?;
            if let Some(invite) = invite {
                invites::take_up(&mut tx, &invite, person.id).await?;
            }
        }
        None => write_and_undo(&mut tx, new, begins).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// What comes with an account that somebody signs up for.
#[derive(Clone, Copy)]
struct Begins {
    delivery: Delivery,
    digest: Digest,
    locale: Option<Locale>,
}

impl Begins {
    async fn at(self, tx: &mut Tx, person: PersonId, email: &str) -> Result<(), StoreError> {
        if let Some(locale) = self.locale {
            people::set_locale(tx, person, locale).await?;
        }
        mail::welcome(tx, self.delivery, (person, email), self.digest).await
    }
}

/// Whether somebody with this address may sign up without an invite; else the field that stands against it. That the
/// address is theirs is not known: see `docs/operating.md`.
fn may_join(settings: &Settings, email: Option<&str>) -> Result<(), (&'static str, FieldProblem)> {
    match settings.sign_up {
        SignUpRule::Open => Ok(()),
        SignUpRule::Invite => {
            Err(("invite", FieldProblem::new(FieldCode::Required, "is needed: here people join by invitation")))
        }
        SignUpRule::Domain => {
            // What is no address is refused as such.
            let Some((_, domain)) = email.and_then(|email| email.rsplit_once('@')) else { return Ok(()) };
            if settings.domains.iter().any(|own| own == domain) {
                return Ok(());
            }
            let message = format!("people join with an address at {}, or by invitation", settings.domains.join(", "));
            Err(("email", FieldProblem::new(FieldCode::Domain, message)))
        }
    }
}

/// Changes nothing, with the work of adding an account: a transaction without a change would be committed sooner,
/// since nothing of it has to reach the disk.
async fn write_and_undo(tx: &mut Tx, new: NewAccount, begins: Begins) -> Result<(), Error> {
    let nobodys = format!("{}@invalid", PersonId::new());
    if let Some(person) = create(tx, NewAccount { email: nobodys.clone(), ..new }).await? {
        begins.at(tx, person.id, &nobodys).await?;
        people::remove(tx, person.id).await?;
    }
    Ok(())
}
