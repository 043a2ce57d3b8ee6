//! HTML forms as a browser without JavaScript sees them: which fields, with which values, would be sent.

/// A form of a page, with the values its fields start with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent; empty for the page's own address.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Names and values in the order of the page, without buttons.
    pub fields: Vec<(String, String)>,
    /// Names and values of the buttons that send it.
    pub buttons: Vec<(String, String)>,
    /// Every value a select field offers: its name, then values and texts.
    pub choices: Vec<(String, Vec<(String, String)>)>,
}

impl Form {
    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of the choice of select field `name` that reads `text`.
    pub fn choice(&self, name: &str, text: &str) -> Option<&str> {
        let (_, choices) = self.choices.iter().find(|(key, _)| key == name)?;
        choices.iter().find(|(_, label)| label == text).map(|(value, _)| value.as_str())
    }
}

/// The forms of a page, in order.
pub fn forms(html: &str) -> Vec<Form> {
    let mut reader = Reader { rest: html };
    let mut forms = Vec::new();
    let mut open: Option<Form> = None;
    while let Some(tag) = reader.next_tag() {
        match tag.name.as_str() {
            "form" => {
                open = Some(Form {
                    action: tag.get("action").unwrap_or_default(),
                    method: tag.get("method").unwrap_or_else(|| "get".to_owned()).to_ascii_lowercase(),
                    ..Form::default()
                });
            }
            "/form" => forms.extend(open.take()),
            "script" | "style" => reader.skip_past(&tag.name),
            name => {
                if let Some(form) = &mut open {
                    read_field(form, name, &tag, &mut reader);
                }
            }
        }
    }
    forms
}

fn read_field(form: &mut Form, kind: &str, tag: &Tag, reader: &mut Reader<'_>) {
    let name = tag.get("name").unwrap_or_default();
    let value = tag.get("value");
    let disabled = tag.get("disabled").is_some();
    match (kind, tag.get("type").unwrap_or_default().to_ascii_lowercase().as_str()) {
        ("textarea", _) => {
            // A browser knows one kind of line break, and drops one right after the tag.
            let text = unescape(&reader.text_until("</textarea").replace("\r\n", "\n"));
            let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
            if !disabled && !name.is_empty() {
                form.fields.push((name, text));
            }
        }
        ("select", _) => read_select(form, name, disabled, tag.get("multiple").is_some(), reader),
        ("input", "submit" | "image") | ("button", "submit" | "") if !name.is_empty() => {
            form.buttons.push((name, value.unwrap_or_default()));
        }
        ("input", "submit" | "image" | "button" | "reset" | "file") => {}
        ("input", "checkbox" | "radio") if tag.get("checked").is_none() => {}
        ("input", "checkbox" | "radio") => form.fields.push((name, value.unwrap_or_else(|| "on".to_owned()))),
        ("input", _) if !disabled && !name.is_empty() => form.fields.push((name, value.unwrap_or_default())),
        _ => {}
    }
}

fn read_select(form: &mut Form, name: String, disabled: bool, multiple: bool, reader: &mut Reader<'_>) {
    let mut choices = Vec::new();
    let mut selected = Vec::new();
    while let Some(tag) = reader.next_tag() {
        match tag.name.as_str() {
            "option" => {
                let text = unescape(reader.text_until("<")).split_whitespace().collect::<Vec<_>>().join(" ");
                let value = tag.get("value").unwrap_or_else(|| text.clone());
                if tag.get("selected").is_some() {
                    selected.push(value.clone());
                }
                choices.push((value, text));
            }
            "/select" => break,
            _ => {}
        }
    }
    if selected.is_empty() && !multiple {
        selected.extend(choices.first().map(|(value, _)| value.clone()));
    }
    if !disabled && !name.is_empty() {
        form.fields.extend(selected.into_iter().map(|value| (name.clone(), value)));
        form.choices.push((name, choices));
    }
}

/// One tag; the name of a closing tag starts with `/`.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }
}

/// What of a page is still unread.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn next_tag(&mut self) -> Option<Tag> {
        loop {
            let at = self.rest.find('<')?;
            self.rest = &self.rest[at + 1..];
            if let Some(comment) = self.rest.strip_prefix("!--") {
                self.rest = comment.find("-->").map_or("", |end| &comment[end..]);
            } else if self.rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                return Some(self.tag());
            }
        }
    }

    fn tag(&mut self) -> Tag {
        let end = self.rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(self.rest.len());
        let name = self.rest[..end].trim_end_matches('/').to_ascii_lowercase();
        let name = if name.is_empty() { "/".to_owned() } else { name };
        self.rest = &self.rest[end..];
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if self.rest.is_empty() {
                return Tag { name, attributes };
            }
            if let Some(after) = self.rest.strip_prefix('>') {
                self.rest = after;
                return Tag { name, attributes };
            }
            attributes.push(self.attribute());
        }
    }

    fn attribute(&mut self) -> (String, String) {
        let end = self.rest[1..]
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(self.rest.len(), |at| at + 1);
        let name = self.rest[..end].to_ascii_lowercase();
        self.rest = self.rest[end..].trim_start();
        let Some(after) = self.rest.strip_prefix('=') else {
            return (name, String::new());
        };
        self.rest = after.trim_start();
        let value = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.rest = &self.rest[1..];
                let value = self.text_until(&quote.to_string());
                self.rest = self.rest.get(1..).unwrap_or_default();
                value
            }
            _ => self.text_until_any(|c| c.is_whitespace() || c == '>'),
        };
        (name, unescape(value))
    }

    fn text_until(&mut self, end: &str) -> &'a str {
        let at = self.rest.find(end).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(at);
        self.rest = rest;
        text
    }

    fn text_until_any(&mut self, end: impl Fn(char) -> bool) -> &'a str {
        let at = self.rest.find(end).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(at);
        self.rest = rest;
        text
    }

    fn skip_past(&mut self, name: &str) {
        self.text_until(&format!("</{name}"));
    }
}

/// Replaces the character references that servers write; others stay as they are.
pub fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.find(';').and_then(|end| Some((end, referenced(&rest[1..end])?)));
        if let Some((end, character)) = reference {
            plain.push(character);
            rest = &rest[end + 1..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn referenced(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// `name=value&…`, as `application/x-www-form-urlencoded`; line breaks become CR LF, as browsers send them.
pub fn encode(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode_part(name), encode_part(value))).collect();
    pairs.join("&")
}

/// One name or value of a query string or form body.
pub fn encode_part(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_the_values_a_browser_would_send() {
        let page = r#"<form id=f action="/save?a=1&amp;b=2" method=POST><!-- <input name=no value=1> -->
            <input type="hidden" name='token' value="x&quot;y"><input name=title value=plain><input type=file name=no>
            <input type=checkbox name=on checked><input type=checkbox name=off><input disabled name=no value=1/>
            <textarea name="content" rows=3>
a &lt;b&gt; &#39;c&#x27;</textarea>
            <select name=author><option value="">---</option><option value=2 selected>grace
            hopper</option></select><select name=kind><option>first<option>second</select>
            <button name="_save">Save</button><input type=submit name=_continue value="go on"></form>"#;
        let form = forms(page).remove(0);
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/save?a=1&b=2", "post"));
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("token", "x\"y"),
                ("title", "plain"),
                ("on", "on"),
                ("content", "a <b> 'c'"),
                ("author", "2"),
                ("kind", "first"),
            ]
        );
        assert_eq!(form.choice("author", "grace hopper"), Some("2"));
        assert_eq!(form.buttons[0].0, "_save");
        assert_eq!(form.buttons[1], ("_continue".to_owned(), "go on".to_owned()));
    }

    #[test]
    fn form_bodies_are_percent_encoded() {
        let fields = [("a b".to_owned(), "é&=\n".to_owned())];
        assert_eq!(encode(&fields), "a+b=%C3%A9%26%3D%0D%0A");
    }
}
