//! The workspace itself, and how its first owner comes in.

use bytes::Bytes;
use jiff::tz::TimeZone;
use serde_json::json;
use shared::{
    Locale, Role,
    accent::Accent,
    api::{AuditAct, Digest, EditWorkspace, FieldCode, FieldProblem, Setup, SignUpRule, WorkspaceView},
    limits,
    rules::{Act, may},
};

use super::{
    Error,
    access::{Credential, Signed},
    accounts::{self, NewAccount},
    fields::{self, Fields},
    mail::{self, Delivery},
    now,
    password::Passwords,
    pictures::{self, Arriving, develop::Sides},
    promise,
    secret::{Secret, SecretHash},
    session::{self, Begun, Visitor},
};
use crate::store::{
    self, Db, StoreError, Tx, audit,
    workspace::{self, Settings},
};

/// What the workspace is called until its owner names it.
const UNNAMED: &str = "Atelier";
/// In which time zone it counts its days until then.
const UTC: &str = "UTC";

/// The size of a logo.
const LOGO: Sides = Sides { large: limits::LOGO_SIDES.0, small: limits::LOGO_SIDES.1 };

/// The workspace as everybody sees it.
///
/// # Errors
/// When the database fails.
pub async fn view(db: &Db) -> Result<WorkspaceView, StoreError> {
    Ok(shown(workspace::settings(&mut db.read().await?).await?))
}

/// What is settled for the workspace, or holds until it is.
pub(super) async fn settings(tx: &mut Tx) -> Result<Settings, StoreError> {
    Ok(workspace::settings(tx).await?.unwrap_or_else(unsettled))
}

fn shown(settings: Option<Settings>) -> WorkspaceView {
    let waits_for_owner = settings.is_none();
    let settings = settings.unwrap_or_else(unsettled);
    WorkspaceView {
        name: settings.name,
        waits_for_owner,
        logo: settings.logo.map(Into::into),
        accent: settings.accent,
        languages: settings.languages,
        time_zone: settings.time_zone,
        sign_up: settings.sign_up,
        domains: if settings.sign_up == SignUpRule::Domain { settings.domains } else { Vec::new() },
    }
}

/// What holds until its owner settles anything.
fn unsettled() -> Settings {
    Settings {
        name: UNNAMED.to_owned(),
        accent: None,
        languages: vec![Locale::En, Locale::Fr],
        time_zone: UTC.to_owned(),
        sign_up: SignUpRule::default(),
        domains: Vec::new(),
        logo: None,
    }
}

/// Says who may sign up to a workspace that was set up before this was settled in it.
///
/// # Errors
/// When the database fails.
pub async fn settle_sign_up(db: &Db, first: SignUpRule) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    workspace::settle_sign_up(&mut tx, first).await?;
    tx.commit().await
}

/// Settles something for the workspace. What is not named stays.
///
/// # Errors
/// When the person may not, or a field is not acceptable.
pub async fn edit(db: &Db, signed: &Signed, edit: &EditWorkspace) -> Result<WorkspaceView, Error> {
    may(Act::ManageWorkspace, Some(signed.role()))?;
    let mut tx = db.write().await?;
    let mut settings = current(&mut tx).await?;
    let mut fields = Fields::default();
    if let Some(name) = &edit.name {
        settings.name = fields.check("name", fields::line(name, limits::WORKSPACE)).unwrap_or_default();
    }
    if let Some(accent) = &edit.accent {
        settings.accent = fields.check("accent", colour(accent)).flatten();
    }
    if let Some(languages) = &edit.languages {
        settings.languages = fields.check("languages", spoken(languages)).unwrap_or_default();
    }
    let zone = match &edit.time_zone {
        Some(named) => fields.check("time_zone", promise::zone(named)),
        None => None,
    };
    if let Some(name) = zone.as_ref().and_then(TimeZone::iana_name) {
        settings.time_zone = name.to_owned();
    }
    settings.sign_up = edit.sign_up.unwrap_or(settings.sign_up);
    if let Some(named) = &edit.domains {
        settings.domains = fields.check("domains", domains(named)).unwrap_or_default();
    }
    if (edit.sign_up.is_some() || edit.domains.is_some())
        && settings.sign_up == SignUpRule::Domain
        && settings.domains.is_empty()
    {
        fields.check::<()>("domains", Err(FieldProblem::new(FieldCode::Required, "one at least is needed")));
    }
    fields.done()?;
    workspace::settle(&mut tx, &settings).await?;
    if let Some(zone) = zone {
        promise::move_to(&mut tx, &zone).await?;
    }
    audit::add(&mut tx, signed.person.id, AuditAct::EditWorkspace, "workspace:1", &json!(edit)).await?;
    tx.commit().await?;
    Ok(shown(Some(settings)))
}

/// The settings as they are; other owners who change them wait.
async fn current(tx: &mut Tx) -> Result<Settings, Error> {
    workspace::lock(tx).await?;
    workspace::settings(tx).await?.ok_or_else(|| Error::Conflict("this workspace waits for its owner".into()))
}

fn colour(text: &str) -> Result<Option<Accent>, FieldProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| FieldProblem::new(FieldCode::Wrong, "is no colour: #rrggbb is expected"))
}

fn spoken(languages: &[Locale]) -> Result<Vec<Locale>, FieldProblem> {
    match languages {
        [] => Err(FieldProblem::new(FieldCode::Required, "one at least is needed")),
        [one, rest @ ..] if rest.contains(one) || rest.len() > 1 => {
            Err(FieldProblem::new(FieldCode::Wrong, "names a language twice"))
        }
        languages => Ok(languages.to_vec()),
    }
}

/// Domains in their normal form, each once.
fn domains(named: &[String]) -> Result<Vec<String>, FieldProblem> {
    if named.len() > limits::DOMAINS {
        return Err(FieldProblem::length(FieldCode::TooLong, limits::DOMAINS));
    }
    let mut domains = Vec::new();
    for name in named {
        let name = name.trim().trim_start_matches('@');
        // What may stand behind the `@` of an address may stand here.
        let address = fields::email(&format!("a@{name}"));
        let address = address.map_err(|_| FieldProblem::new(FieldCode::Wrong, format!("`{name}` is no domain")))?;
        let domain = address[2..].to_owned();
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    Ok(domains)
}

/// Says whether somebody may give the workspace a logo, before it is sent.
///
/// # Errors
/// When they may not.
pub fn may_set_logo(signed: &Signed) -> Result<(), Error> {
    Ok(may(Act::ManageWorkspace, Some(signed.role()))?)
}

/// Gives the workspace a logo, in place of the one it had.
///
/// # Errors
/// When the person may not, or it is no picture.
pub async fn set_logo(db: &Db, signed: &Signed, arriving: Arriving, bytes: Bytes) -> Result<WorkspaceView, Error> {
    may_set_logo(signed)?;
    let developed = arriving.develop(bytes, LOGO).await?;
    let mut tx = db.write().await?;
    let settings = current(&mut tx).await?;
    let logo = pictures::keep(&mut tx, &signed.person, None, &developed).await?;
    let detail = json!({ "picture": logo.id });
    audit::add(&mut tx, signed.person.id, AuditAct::SetLogo, "workspace:1", &detail).await?;
    let settings = replace_logo(&mut tx, Settings { logo: Some(logo), ..settings.clone() }, &settings).await?;
    tx.commit().await?;
    Ok(shown(Some(settings)))
}

/// Takes the workspace's logo away. Without one, nothing happens.
///
/// # Errors
/// When the person may not.
pub async fn remove_logo(db: &Db, signed: &Signed) -> Result<WorkspaceView, Error> {
    may_set_logo(signed)?;
    let mut tx = db.write().await?;
    let settings = current(&mut tx).await?;
    if settings.logo.is_none() {
        return Ok(shown(Some(settings)));
    }
    audit::add(&mut tx, signed.person.id, AuditAct::RemoveLogo, "workspace:1", &json!({})).await?;
    let settings = replace_logo(&mut tx, Settings { logo: None, ..settings.clone() }, &settings).await?;
    tx.commit().await?;
    Ok(shown(Some(settings)))
}

/// Settles another logo, and removes the picture that nobody sees any more.
async fn replace_logo(tx: &mut Tx, settings: Settings, before: &Settings) -> Result<Settings, StoreError> {
    workspace::settle(tx, &settings).await?;
    if let Some(old) = before.logo {
        store::pictures::remove(tx, old.id).await?;
    }
    Ok(settings)
}

/// A new set-up link for a workspace that has no owner; earlier ones no longer open anything. `None` when it has one.
///
/// # Errors
/// When the database fails.
pub async fn offer_setup(db: &Db) -> Result<Option<Secret>, Error> {
    let mut tx = db.write().await?;
    if workspace::name(&mut tx).await?.is_some() {
        return Ok(None);
    }
    let secret = Secret::new()?;
    workspace::replace_setup_link(&mut tx, secret.hash(), now()).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Uses the set-up link: the workspace gets its name, its first rule of who may sign up, and its first owner, who is
/// signed in.
///
/// # Errors
/// [`Error::LinkExpired`] when the link was used; when fields are not acceptable.
pub async fn set_up(
    db: &Db,
    passwords: &Passwords,
    (sign_up, delivery): (SignUpRule, Delivery),
    visitor: &Visitor,
    request: Setup,
) -> Result<Begun, Error> {
    let link = SecretHash::parse(&request.token).ok_or(Error::LinkExpired)?;
    let mut fields = Fields::default();
    let named = fields.check("workspace", fields::line(&request.workspace, limits::WORKSPACE));
    let name = fields.check("name", fields::line(&request.name, limits::NAME));
    let email = fields.check("email", fields::email(&request.email));
    fields.check("password", fields::new_password(&request.password));
    // A browser may know a time zone that is not known here: that keeps nobody out.
    if request.time_zone.as_ref().is_some_and(|zone| zone.chars().count() > limits::TIME_ZONE) {
        fields.check::<()>("time_zone", Err(FieldProblem::length(FieldCode::TooLong, limits::TIME_ZONE)));
    }
    fields.done()?;
    let (Some(named), Some(name), Some(email)) = (named, name, email) else {
        return Err(Error::Fault("a refused field had no problem".into()));
    };
    let password_hash = passwords.turn().await?.hash(request.password).await?;

    let mut tx = db.write().await?;
    let now = now();
    if !workspace::use_setup_link(&mut tx, link, now).await? {
        return Err(Error::LinkExpired);
    }
    workspace::found(&mut tx, &named, sign_up, now).await?;
    let zone = request.time_zone.as_deref().and_then(|name| promise::zone(name).ok());
    if let Some(name) = zone.as_ref().and_then(TimeZone::iana_name) {
        workspace::set_time_zone(&mut tx, name).await?;
    }
    let account = NewAccount { name, email: email.clone(), password_hash, role: Role::Owner };
    let Some(person) = accounts::create(&mut tx, account).await? else {
        return Err(Error::Conflict("this e-mail address has an account".into()));
    };
    mail::welcome(&mut tx, delivery, (person.id, &email), Digest::Never).await?;
    audit::add(&mut tx, person.id, AuditAct::SetUp, "workspace:1", &json!({ "name": named })).await?;
    let (id, secret) = session::begin(&mut tx, person.id, visitor).await?;
    tx.commit().await?;
    Ok(Begun { signed: Signed { person, by: Credential::Session(id) }, secret })
}
