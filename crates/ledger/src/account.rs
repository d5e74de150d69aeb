//! The accounts of the ledger.

/// What the balance of an account means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// What the club has or is owed.
    Asset,
    /// What the club owes.
    Liability,
    /// What the club earned by delivering services and goods.
    Revenue,
    /// Income that the club gave up, which reduces revenue.
    ContraRevenue,
    /// What the club spent or lost: fees, lost disputes, debts written off.
    Expense,
    /// What there was before the ledger began.
    Equity,
    /// Money whose reason is unknown until a manager explains it.
    Unexplained,
}

macro_rules! accounts {
    ($($kind:ident: $($(#[doc = $doc:literal])* $account:ident = $name:literal,)*;)*) => {
        /// An account of the ledger.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Account {
            $($($(#[doc = $doc])* $account,)*)*
        }

        impl Account {
            /// Every account: assets, liabilities, revenue, expenses, equity, and what is unexplained.
            pub const ALL: [Account; 28] = [$($(Account::$account,)*)*];

            /// Returns the name of the account in the tables and in docs/ledger.md.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Account::$account => $name,)*)*
                }
            }

            /// Returns the kind of the account.
            pub const fn kind(self) -> AccountKind {
                match self {
                    $($(Account::$account => AccountKind::$kind,)*)*
                }
            }
        }
    };
}

accounts! {
    Asset:
        /// The balance at Stripe.
        Stripe = "stripe",
        /// The cash in the drawer.
        Cash = "cash",
        /// What an external card terminal has taken and not yet credited.
        Terminal = "terminal",
        /// The bank account.
        Bank = "bank",
        /// Payouts of Stripe that have not reached the bank.
        InTransit = "in_transit",
        /// What guests owe for what was delivered.
        Receivable = "receivable",
        /// Money that was withdrawn for disputes that are not decided.
        Disputed = "disputed",;
    Liability:
        /// What was paid before delivery.
        Deposits = "deposits",
        /// Dues that were paid for days that have not passed.
        DeferredDues = "deferred_dues",
        /// The balances of gift cards.
        GiftCards = "gift_cards",
        /// Sales tax that is owed to the state.
        Tax = "tax",
        /// Tips that are owed to technicians.
        Tips = "tips",
        /// Refunds that are owed and not sent.
        RefundsOwed = "refunds_owed",;
    Revenue:
        /// Income from services.
        RevenueService = "revenue_service",
        /// Income from add-ons.
        RevenueAddon = "revenue_addon",
        /// Income from goods.
        RevenueGoods = "revenue_goods",
        /// Income from concierge requests.
        RevenueConcierge = "revenue_concierge",
        /// Income from dues.
        RevenueDues = "revenue_dues",
        /// Income from fees.
        RevenueFee = "revenue_fee",;
    ContraRevenue:
        /// What the club gave for free.
        Comps = "comps",;
    Expense:
        /// The fees of Stripe.
        StripeFees = "stripe_fees",
        /// The fees of external card terminals.
        TerminalFees = "terminal_fees",
        /// The fees of disputes.
        DisputeFees = "dispute_fees",
        /// The money of disputes that were lost.
        DisputeLosses = "dispute_losses",
        /// What was written off.
        BadDebts = "bad_debts",
        /// Differences between the counted cash and the ledger.
        OverShort = "over_short",;
    Equity:
        /// The counterpart of what there was before the ledger began.
        Opening = "opening",;
    Unexplained:
        /// Money whose reason is unknown until a manager explains it.
        Unexplained = "unexplained",;
}

impl Account {
    /// Returns whether a debit increases the balance of the account: those of assets, contra-revenue, expenses, and what is
    /// unexplained. A credit increases the others.
    pub const fn is_debit_normal(self) -> bool {
        match self.kind() {
            AccountKind::Asset
            | AccountKind::ContraRevenue
            | AccountKind::Expense
            | AccountKind::Unexplained => true,
            AccountKind::Liability | AccountKind::Revenue | AccountKind::Equity => false,
        }
    }

    fn read(text: String) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.as_str() == text)
    }
}

kit::column_as!(Account, String, Account::read, |account| account.as_str().to_owned());

/// The kinds of income that are earned by delivery (T16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RevenueKind {
    /// A service.
    Service,
    /// An add-on of a service.
    Addon,
    /// Goods that a guest takes away.
    Goods,
    /// A concierge request.
    Concierge,
    /// Dues of a membership.
    Dues,
    /// A fee, such as for a late cancellation.
    Fee,
}

impl RevenueKind {
    /// Every kind.
    pub const ALL: [RevenueKind; 6] = [
        RevenueKind::Service,
        RevenueKind::Addon,
        RevenueKind::Goods,
        RevenueKind::Concierge,
        RevenueKind::Dues,
        RevenueKind::Fee,
    ];

    /// Returns the account of this kind of income.
    pub const fn account(self) -> Account {
        match self {
            RevenueKind::Service => Account::RevenueService,
            RevenueKind::Addon => Account::RevenueAddon,
            RevenueKind::Goods => Account::RevenueGoods,
            RevenueKind::Concierge => Account::RevenueConcierge,
            RevenueKind::Dues => Account::RevenueDues,
            RevenueKind::Fee => Account::RevenueFee,
        }
    }
}
