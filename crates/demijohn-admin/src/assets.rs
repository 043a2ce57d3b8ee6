//! The templates and assets, which are part of the program: one binary is a whole site.

use demijohn_web::Dir;

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../", $folder, "/", $name)).as_slice())),+]
    };
}

/// The templates. A project overrides one by having its own of the same name.
static TEMPLATES: &[(&str, &[u8])] = files!("templates":
    "admin/403.html",
    "admin/404.html",
    "admin/app_index.html",
    "admin/base.html",
    "admin/change_form.html",
    "admin/change_list.html",
    "admin/delete_confirmation.html",
    "admin/delete_selected_confirmation.html",
    "admin/index.html",
    "admin/login.html",
    "admin/object_history.html",
    "admin/password_change.html",
    "admin/includes/app_card.html",
    "admin/includes/delete_obstacles.html",
    "admin/includes/delete_tree.html",
    "admin/includes/error_summary.html",
    "admin/includes/field.html",
    "admin/includes/fieldset.html",
    "admin/includes/filters.html",
    "admin/includes/find.html",
    "admin/includes/flask.html",
    "admin/includes/messages.html",
    "admin/includes/pagination.html",
    "admin/includes/recent_actions.html",
    "admin/includes/results.html",
    "admin/includes/shortcuts.html",
    "admin/includes/sidebar.html",
    "admin/includes/submit_row.html",
    "admin/includes/ui.html",
    "admin/widgets/checkbox.html",
    "admin/widgets/date.html",
    "admin/widgets/datetime.html",
    "admin/widgets/email.html",
    "admin/widgets/foreign_key.html",
    "admin/widgets/hidden.html",
    "admin/widgets/json.html",
    "admin/widgets/number.html",
    "admin/widgets/password.html",
    "admin/widgets/radio.html",
    "admin/widgets/range.html",
    "admin/widgets/readonly.html",
    "admin/widgets/select.html",
    "admin/widgets/select_multiple.html",
    "admin/widgets/split_datetime.html",
    "admin/widgets/text.html",
    "admin/widgets/textarea.html",
    "admin/widgets/time.html",
    "admin/widgets/url.html",
);

/// Style sheet, behaviour, symbols.
static STATIC_FILES: &[(&str, &[u8])] = files!("assets":
    "admin/admin.css",
    "admin/admin.js",
    "admin/favicon.svg",
    "admin/icons.svg",
    "admin/theme.js",
);

pub(crate) fn templates() -> Dir {
    Dir::embedded(TEMPLATES)
}

pub(crate) fn static_files() -> Dir {
    Dir::embedded(STATIC_FILES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_disk(folder: &str, ending: &str) -> Vec<String> {
        let all = Dir::on_disk(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).names();
        all.into_iter().filter(|name| !name.ends_with(ending)).collect()
    }

    #[test]
    fn every_template_and_asset_is_in_the_program() {
        assert_eq!(templates().names(), on_disk("templates", ".md"));
        assert_eq!(static_files().names(), on_disk("assets", ".md"));
    }
}
