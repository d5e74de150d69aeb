//! The hosted pages as HTML: plain forms without scripts.

use std::fmt::Write as _;

/// Encodes text for HTML, also inside quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Returns a page. The body is HTML.
pub(crate) fn page(url: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{url}/double.css\">\n</head>\n<body>\n\
         <p class=\"mark\">Test mode: no money moves here.</p>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        title = escape(title),
        url = escape(url),
    )
}

/// Returns an amount as people read it.
pub(crate) fn amount(cents: i64, currency: &str) -> String {
    match currency {
        "usd" => format!("${}.{:02}", cents / 100, cents % 100),
        "jpy" => format!("{cents} JPY"),
        other => format!("{}.{:02} {}", cents / 100, cents % 100, other.to_uppercase()),
    }
}

/// What a payer values, shown again after a decline. It never contains the number or the code of a card.
#[derive(Default)]
pub(crate) struct FormValues {
    pub(crate) email: String,
    pub(crate) name: String,
}

/// What the hosted page shows.
pub(crate) struct Checkout<'a> {
    pub(crate) url: &'a str,
    pub(crate) id: &'a str,
    /// Names and amounts.
    pub(crate) items: Vec<(String, String)>,
    /// None if a card is saved.
    pub(crate) total: Option<String>,
    pub(crate) cancel_url: Option<&'a str>,
    pub(crate) error: Option<String>,
    pub(crate) values: FormValues,
}

/// Returns the hosted page.
pub(crate) fn checkout(page_of: &Checkout<'_>) -> String {
    let mut body = String::new();
    let mut add = |text: &str| body.push_str(text);
    if !page_of.items.is_empty() {
        add("<dl>\n");
        for (name, amount) in &page_of.items {
            add(&format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(amount)));
        }
        add("</dl>\n");
    }
    if let Some(error) = &page_of.error {
        add(&format!("<p class=\"error\" role=\"alert\">{}</p>\n", escape(error)));
    }
    add(&format!("<form method=\"post\" action=\"{}/c/pay/{}\">\n", escape(page_of.url), escape(page_of.id)));
    let fields = [
        ("email", "Email", "email", page_of.values.email.as_str(), "email"),
        ("card_number", "Card number", "text", "", "cc-number"),
        ("expiry", "Expires (MM / YY)", "text", "", "cc-exp"),
        ("cvc", "CVC", "text", "", "cc-csc"),
        ("name", "Name on card", "text", page_of.values.name.as_str(), "cc-name"),
    ];
    for (name, label, kind, value, complete) in fields {
        add(&format!(
            "<label for=\"{name}\">{label}</label>\n\
             <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" value=\"{}\" autocomplete=\"{complete}\" required>\n",
            escape(value)
        ));
    }
    let button = match &page_of.total {
        Some(total) => format!("Pay {total}"),
        None => "Save card".to_owned(),
    };
    add(&format!("<button>{}</button>\n</form>\n", escape(&button)));
    if let Some(url) = page_of.cancel_url {
        add(&format!("<p><a href=\"{}\">Back</a></p>\n", escape(url)));
    }
    let title = if page_of.total.is_some() { "Pay by card" } else { "Save a card" };
    page(page_of.url, title, &body)
}

/// Returns the bank's page.
pub(crate) fn bank(url: &str, token: &str, amount: Option<&str>, last4: &str) -> String {
    let mut body = String::new();
    let what = match amount {
        Some(amount) => format!("a payment of {}", escape(amount)),
        None => "saving your card".to_owned(),
    };
    write!(
        body,
        "<p>Your bank asks you to approve {what} with the card ending in {}.</p>\n\
         <form method=\"post\" action=\"{}/bank/{}\">\n\
         <button name=\"answer\" value=\"approve\">Approve</button>\n\
         <button name=\"answer\" value=\"refuse\" class=\"quiet\">Refuse</button>\n</form>\n",
        escape(last4),
        escape(url),
        escape(token),
    )
    .expect("a String accepts everything");
    page(url, "Your bank", &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
        let items = vec![("<script>".to_owned(), "$1.00".to_owned())];
        let values = FormValues { email: "\"><b>".to_owned(), name: String::new() };
        let error = Some("<i>".to_owned());
        let one = Checkout {
            url: "http://x",
            id: "cs_1",
            items,
            total: None,
            cancel_url: Some("http://y/?a='b'"),
            error,
            values,
        };
        let html = checkout(&one);
        for text in ["<script>", "<b>", "<i>", "'b'", "style=", "onclick"] {
            assert!(!html.contains(text), "{text}: {html}");
        }
    }

    #[test]
    fn amounts_are_written_in_their_currency() {
        assert_eq!(amount(15_005, "usd"), "$150.05");
        assert_eq!(amount(1_500, "eur"), "15.00 EUR");
        assert_eq!(amount(1_500, "jpy"), "1500 JPY");
    }
}
