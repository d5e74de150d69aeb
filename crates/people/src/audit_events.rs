//! The events that the audit log records.

macro_rules! audit_events {
    ($($(#[$about:meta])* $event:ident = $name:literal,)*) => {
        /// An event that the audit log records. Its name is in rows that stay, so it must never be renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AuditEvent {
            $($(#[$about])* $event,)*
        }

        impl AuditEvent {
            /// Every event.
            pub const ALL: &'static [AuditEvent] = &[$(AuditEvent::$event),*];

            /// Returns the name of the event in the table and in the filter.
            pub fn name(self) -> &'static str {
                match self {
                    $(AuditEvent::$event => $name,)*
                }
            }

            /// Returns the event with a name; `None` if there is none.
            pub fn read(name: &str) -> Option<AuditEvent> {
                AuditEvent::ALL.iter().copied().find(|event| event.name() == name)
            }
        }
    };
}

audit_events! {
    /// An account was created.
    SignedUp = "signed_up",
    /// A person signed in.
    SignedIn = "signed_in",
    /// An attempt to sign in failed.
    SignInFailed = "sign_in_failed",
    /// A sign-in was ended.
    SessionEnded = "session_ended",
    /// All sign-ins of a person, or all except the current one, were ended.
    SessionsEnded = "sessions_ended",
    /// A refresh token was used a second time, so all tokens of its sign-in were ended.
    TokenReused = "token_reused",
    /// A person confirmed that an email address is theirs.
    AddressConfirmed = "address_confirmed",
    /// The email address of an account was changed.
    AddressChanged = "address_changed",
    /// A person who knew the password changed it.
    PasswordChanged = "password_changed",
    /// The password was reset through an email.
    PasswordReset = "password_reset",
    /// A person received another role.
    RoleChanged = "role_changed",
    /// Staff viewed a person.
    ProfileRead = "profile_read",
    /// Staff read the emergency contact of a person.
    ContactRead = "contact_read",
    /// Staff searched for people.
    PeopleSearched = "people_searched",
    /// The audit log was exported.
    AuditRead = "audit_read",
    /// A person gave a consent.
    ConsentGiven = "consent_given",
    /// A person withdrew a consent.
    ConsentWithdrawn = "consent_withdrawn",
    /// A person exported their own data.
    Exported = "exported",
    /// A person's data was erased.
    Erased = "erased",
    /// Staff corrected a birthday.
    BirthdayCorrected = "birthday_corrected",
    /// Staff read the allergies of a guest.
    AllergiesRead = "allergies_read",
    /// Staff booked for someone.
    BookingMade = "booking_made",
    /// Staff held a time for someone.
    BookingHeld = "booking_held",
    /// Staff rescheduled a booking.
    BookingMoved = "booking_moved",
    /// Staff canceled a booking.
    BookingCancelled = "booking_cancelled",
    /// Staff checked a guest in.
    VisitCheckedIn = "visit_checked_in",
    /// Staff started a visit.
    VisitStarted = "visit_started",
    /// Staff completed a visit.
    VisitCompleted = "visit_completed",
    /// Staff marked a no-show.
    VisitNoShow = "visit_no_show",
    /// Staff undid a step of a visit.
    VisitStepUndone = "visit_step_undone",
    /// Staff blocked a time.
    TimeBlocked = "time_blocked",
    /// Staff changed a block.
    BlockChanged = "block_changed",
    /// Staff removed a block.
    BlockRemoved = "block_removed",
    /// Staff changed a held time.
    HoldChanged = "hold_changed",
    /// Staff extended a hold.
    HoldExtended = "hold_extended",
    /// Staff released a hold.
    HoldReleased = "hold_released",
    /// Staff started a membership.
    MembershipStarted = "membership_started",
    /// Staff collected dues.
    DuesTaken = "dues_taken",
    /// Staff upgraded a membership.
    MembershipUpgraded = "membership_upgraded",
    /// Staff scheduled a downgrade of a membership.
    MembershipChangesDown = "membership_changes_down",
    /// Staff paused a membership.
    MembershipFrozen = "membership_frozen",
    /// Staff set a membership to end.
    MembershipEnding = "membership_ending",
    /// Staff set a membership to renew after all.
    MembershipContinued = "membership_kept",
    /// A plan was changed.
    PlanChanged = "plan_changed",
    /// Members were moved to the latest terms of their plan.
    MembersMoved = "members_moved",
    /// The price of a service was changed.
    PriceChanged = "price_changed",
    /// A release rule was added.
    RuleAdded = "rule_added",
    /// A release rule was changed.
    RuleChanged = "rule_changed",
    /// A release rule was ended.
    RuleEnded = "rule_ended",
    /// An override of a time was added.
    TimeDecided = "time_decided",
    /// An override of a time was undone.
    TimeDecisionUndone = "time_decision_undone",
    /// A setting was changed.
    SettingChanged = "setting_changed",
    /// A picture was added.
    PictureAdded = "picture_added",
    /// A picture was removed.
    PictureRemoved = "picture_removed",
    /// The description of a picture was changed.
    PictureDescribed = "picture_described",
    /// A background job was retried.
    JobRetried = "job_retried",
    /// A background job was discarded.
    JobDiscarded = "job_discarded",
    /// A business day of the ledger was closed.
    DayClosed = "day_closed",
    /// Staff took a payment.
    PaymentTaken = "payment_taken",
    /// Staff handed back money that was to be refunded.
    RefundSent = "refund_sent",
    /// A manager approved a refund.
    RefundApproved = "refund_approved",
    /// A manager gave something for free.
    CompGiven = "comp_given",
    /// A manager wrote off an amount.
    AmountWrittenOff = "amount_written_off",
}
