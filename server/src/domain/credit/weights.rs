//! What contributions weigh, as the workspace settles it.

use serde_json::json;
use shared::{
    Role,
    api::{AuditAct, ContributionKind, CreditRule, PersonView, Weights},
    rules::{Act, may},
};

use super::{IMPROVEMENT, STRETCH};
use crate::{
    domain::{
        Error,
        access::Signed,
        fields::{self, Fields},
    },
    store::{Db, audit, credit},
};

/// How credit is computed here.
///
/// # Errors
/// When the database fails.
pub async fn view(db: &Db, who: Option<&PersonView>) -> Result<CreditRule, Error> {
    Ok(rule(credit::weights(&mut db.read().await?).await?, who.map(|who| who.role)))
}

fn rule(weights: Weights, role: Option<Role>) -> CreditRule {
    let stretch = u32::try_from(STRETCH).unwrap_or(u32::MAX);
    CreditRule { weights, stretch, improvement: IMPROVEMENT, may_set: may(Act::ManageWorkspace, role).is_ok() }
}

/// Settles what each kind of contribution weighs. What people gave before weighs so too.
///
/// # Errors
/// When the person may not, or a weight is too great.
pub async fn set(db: &Db, signed: &Signed, weights: &Weights) -> Result<CreditRule, Error> {
    may(Act::ManageWorkspace, Some(signed.role()))?;
    let mut fields = Fields::default();
    for kind in ContributionKind::ALL {
        fields.check(kind.as_str(), fields::number(weights.of(*kind), 0, Weights::MOST));
    }
    fields.done()?;
    let mut tx = db.write().await?;
    credit::set_weights(&mut tx, weights).await?;
    audit::add(&mut tx, signed.person.id, AuditAct::SetWeights, "workspace:1", &json!(weights)).await?;
    tx.commit().await?;
    Ok(rule(*weights, Some(signed.role())))
}
