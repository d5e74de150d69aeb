//! A plan as the API shows it.

use kit::{Cents, Id};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Plan;

/// A plan in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanCard {
    id: Id,
    name: String,
    slug: String,
    /// What the plan costs per month.
    price: Cents,
    short_description: String,
    benefits: Vec<String>,
    /// Whole percent off the guest price.
    discount_percentage: i64,
    mensuite_access: bool,
    coresync_private_access: bool,
    iot_control_access: bool,
    priority_booking: bool,
    /// Null means unlimited, 0 means none.
    monthly_service_credits: Option<i64>,
    guest_passes: i64,
    max_advance_days: i64,
    featured: bool,
    order: i64,
}

impl From<&Plan> for PlanCard {
    fn from(plan: &Plan) -> PlanCard {
        PlanCard {
            id: plan.id,
            name: plan.name.clone(),
            slug: plan.slug.clone(),
            price: plan.price,
            short_description: plan.short_description.clone(),
            benefits: plan.benefits.clone(),
            discount_percentage: plan.discount_bp / 100,
            mensuite_access: plan.mensuite_access,
            coresync_private_access: plan.coresync_private_access,
            iot_control_access: plan.iot_control_access,
            priority_booking: plan.priority_booking,
            monthly_service_credits: plan.monthly_credits,
            guest_passes: plan.guest_passes,
            max_advance_days: plan.max_advance_days,
            featured: plan.featured,
            order: plan.position,
        }
    }
}
