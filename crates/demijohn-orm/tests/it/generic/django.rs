//! Rows that Django pointed, and rows that Django finds where we pointed them.

use demijohn_core::model::Models;
use demijohn_e2e::django::site_copy;
use demijohn_e2e::{Django, TempDir};
use demijohn_macros::Model;
use demijohn_orm::{ContentType, Db, ForeignKey, GenericForeignKey, GenericRelation, Model as _, Text, Timestamp};

#[derive(Model, Debug, Clone)]
#[model(app = "auth", unmanaged, crate = demijohn_orm)]
struct User {
    #[field(integer)]
    id: i64,
    #[field(max_length = 150)]
    username: String,
    log: GenericRelation<LogEntry>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", unmanaged, crate = demijohn_orm, ordering = ["id"])]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    notes: GenericRelation<Note>,
    log: GenericRelation<LogEntry>,
}

/// What Django's history says of a row: `object_id` is text, and both may be NULL.
#[derive(Model, Debug, Clone)]
#[model(app = "admin", table = "django_admin_log", unmanaged, crate = demijohn_orm, ordering = ["id"])]
struct LogEntry {
    #[field(integer)]
    id: i64,
    #[field(on_delete = Cascade)]
    user: ForeignKey<User>,
    #[field(on_delete = SetNull)]
    object: Option<GenericForeignKey<String>>,
    #[field(max_length = 200)]
    object_repr: String,
    action_flag: i16,
    change_message: Text,
    action_time: Timestamp,
}

/// A table that Django makes below.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", unmanaged, crate = demijohn_orm, ordering = ["id"])]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey<u32>,
}

fn models() -> Models {
    [User::meta(), Post::meta(), LogEntry::meta(), Note::meta(), ContentType::meta()].into_iter().collect()
}

async fn open(database: &std::path::Path) -> Db {
    Db::connect(&format!("sqlite:{}", database.display()), models()).await.expect("it opens")
}

#[tokio::test]
async fn a_history_that_django_made_points_to_its_rows() {
    let folder = TempDir::new("generic-site");
    let Some(database) = site_copy(&folder) else { return };
    let db = open(&database).await;
    let user = User::objects().order_by(|u| u.id).first(&db).await.expect("it runs").expect("there are users");
    let post = Post::objects().first(&db).await.expect("it runs").expect("there are posts");
    // As Django's admin writes it: 8 is the site's `blog.post`.
    let sql = format!(
        "INSERT INTO django_admin_log (user_id, content_type_id, object_id, object_repr, action_flag, change_message, action_time)
         VALUES ({0}, 8, '{1}', 'a post', 2, '[]', '2026-11-28 10:00:00'), ({0}, NULL, NULL, 'nothing', 2, '', '2026-11-28 10:00:00')",
        user.id, post.id
    );
    demijohn_orm::Executor::connection(&db).execute_script(&sql).await.expect("they are new");
    let entry = LogEntry::create().user(&user).object(&user).object_repr("a user").action_flag(1).change_message("");
    let ours = entry.action_time(Timestamp::UNIX_EPOCH).save(&db).await.expect("it is new");
    assert_eq!(ours.object.expect("it points to the user").content_type(), 4, "the site's `auth.user`");
    let log: Vec<(LogEntry, Option<Post>, Option<User>)> = LogEntry::objects()
        .prefetch(|l| (l.object.of::<Post>(), l.object.of::<User>()))
        .all(&db)
        .await
        .expect("it runs");
    let found: Vec<_> =
        log.iter().map(|(_, post, user)| (post.as_ref().map(|p| p.id), user.as_ref().map(|u| u.id))).collect();
    assert_eq!(found, [(Some(post.id), None), (None, None), (None, Some(user.id))]);
    assert!(log[1].0.object.is_none());
    assert_eq!(user.log.count(&db).await.expect("it runs"), 1);
    assert_eq!(post.log.count(&db).await.expect("it runs"), 1);
    let posts = Post::objects().filter(|p| p.log().object_repr.eq("a post")).all(&db).await.expect("it runs");
    assert_eq!(posts.iter().map(|post| post.id).collect::<Vec<_>>(), [post.id]);
}

const MODELS: &str = "
from django.db import models, connection
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.auth.models import User
from blog.models import Post
class Note(models.Model):
    text = models.TextField()
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    about = GenericForeignKey()
    class Meta:
        app_label = 'blog'
GenericRelation(Note).contribute_to_class(Post, 'notes')
";

#[tokio::test]
async fn notes_go_to_and_fro_between_django_and_us() {
    let folder = TempDir::new("generic-django");
    let Some(database) = site_copy(&folder) else { return };
    let Some(django) = Django::over(&database) else { return };
    let python = |code: &str| {
        let path = folder.join("notes.py");
        std::fs::write(&path, format!("{MODELS}{code}")).expect("the script is written");
        django.shell(&format!("exec(open({:?}).read(), {{'__name__': 'blog.notes'}})", path.display().to_string()))
    };
    python(
        "
with connection.schema_editor() as editor: editor.create_model(Note)
Note.objects.create(text='on a post', about=Post.objects.get(id=3))
Note.objects.create(text='on a user', about=User.objects.get(id=1))
",
    );
    let db = open(&database).await;
    let notes = Note::objects().all(&db).await.expect("it runs");
    let post: Post = notes[0].about.get(&db).await.expect("it runs").expect("it is there");
    assert_eq!(post.id, 3);
    assert_eq!(notes[1].about.model(&db).await.expect("it runs"), Some(User::meta()));
    post.notes.create().text("ours").save(&db).await.expect("it is new");
    let output = python(
        "
print('notes', [(n.text, type(n.about).__name__, n.about.pk) for n in Note.objects.order_by('id')])
print('of post', list(Post.objects.get(id=3).notes.order_by('id').values_list('text', flat=True)))
",
    );
    assert!(
        output.contains("notes [('on a post', 'Post', 3), ('on a user', 'User', 1), ('ours', 'Post', 3)]"),
        "{output}"
    );
    assert!(output.contains("of post ['on a post', 'ours']"), "{output}");
    assert_eq!(post.notes.clear(&db).await.expect("nothing forbids it"), 2);
    assert!(python("print('left', Note.objects.count())").contains("left 1"));
}
