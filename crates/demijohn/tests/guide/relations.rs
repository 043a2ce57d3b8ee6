//! `docs/relations.md`.

use demijohn::orm::migrations::create_tables;
use demijohn::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
pub struct Profile {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub author: OneToOne<Author>,
    pub about: Text,
}

#[derive(Model, Debug, Clone)]
pub struct Tag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
pub struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    #[field(on_delete = Cascade, related_name = "posts")]
    pub author: ForeignKey<Author>,
    #[field(related_name = "posts")]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
pub struct Comment {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub post: ForeignKey<Post>,
    pub body: Text,
}

#[derive(Model, Debug, Clone)]
pub struct Band {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    #[field(related_name = "bands")]
    pub members: ManyToMany<Author, Membership>,
}

#[derive(Model, Debug, Clone)]
#[model(unique("band", "author"))]
pub struct Membership {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub band: ForeignKey<Band>,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(max_length = 40)]
    pub role: String,
}

#[derive(Model, Debug, Clone)]
#[model(index("content_type", "object_id"))]
pub struct Note {
    pub id: i64,
    pub text: Text,
    pub about: GenericForeignKey,
}

#[derive(Model, Debug, Clone)]
pub struct Photo {
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub notes: GenericRelation<Note>,
}

#[demijohn::test]
async fn relations() -> Result<()> {
    let models = [Author::meta(), Profile::meta(), Tag::meta(), Post::meta(), Comment::meta()];
    let models = models.into_iter().chain([Band::meta(), Membership::meta(), Note::meta(), Photo::meta()]);
    let models = models.chain([ContentType::meta()]);
    let db = Db::connect("sqlite::memory:", models.collect()).await?;
    create_tables(&db).await?;
    let ada = Author::create().name("Ada").save(&db).await?;
    Profile::create().author(&ada).about("mathematician").save(&db).await?;
    let post = Post::create().title("Notes").views(100).author(&ada).save(&db).await?;
    post.tags.add([&Tag::create().name("engines").save(&db).await?], &db).await?;
    Comment::create().post(&post).body("Not in Rust yet").save(&db).await?;

    other_side(&db, ada.clone()).await?;
    prefetch(&db).await?;
    sets(&db, post.clone(), ada).await?;
    any_model(&db, post).await
}

async fn other_side(db: &Db, ada: Author) -> Result<()> {
    let db = db.clone();
    let popular = ada.posts().filter(|p| p.views.gt(99)).count(&db).await?;
    let about: Option<Profile> = ada.profile().get_or_none(&db).await?;
    let talked_about = Author::objects().filter(|a| a.posts().comment_set().body.icontains("rust")).all(&db).await?;
    assert_eq!((popular, about.is_some(), talked_about.len()), (1, true, 1));
    Ok(())
}

#[expect(unused_variables, clippy::type_complexity, reason = "the page shows what the types are")]
async fn prefetch(db: &Db) -> Result<()> {
    let db = db.clone();
    let authors: Vec<(Author, Vec<Post>)> = Author::objects().prefetch(|a| a.posts()).all(&db).await?;

    // Its own conditions, its own order, the three newest of each author (by a window function).
    let authors: Vec<(Author, Vec<Post>)> = Author::objects()
        .prefetch(|a| a.posts().filter(|p| p.views.gt(99)).order_by(|p| p.id.desc()).limit(3))
        .all(&db)
        .await?;

    // Several relations, and what belongs to the related rows: five queries in all.
    let authors: Vec<(Author, Vec<(Post, Vec<Tag>, Vec<Comment>)>, Option<Profile>)> = Author::objects()
        .prefetch(|a| (a.posts().prefetch(|p| (p.tags(), p.comment_set())), a.profile()))
        .order_by(|a| a.name)
        .all(&db)
        .await?;

    // A query set that is written elsewhere, with values beside its rows.
    let busy = Post::objects().annotate(|p| count(p.comment_set().id));
    let authors: Vec<(Author, Vec<(Post, i64)>)> =
        Author::objects().prefetch(|a| a.posts().within(busy)).all(&db).await?;

    // A foreign key gives `Option`: the related rows may have conditions too.
    let posts: Vec<(Post, Option<(Author, Vec<Post>)>)> =
        Post::objects().prefetch(|p| p.author().prefetch(|a| a.posts())).all(&db).await?;
    assert_eq!(posts[0].1.as_ref().map(|(_, posts)| posts.len()), Some(1));
    Ok(())
}

async fn sets(db: &Db, post: Post, ada: Author) -> Result<()> {
    let db = db.clone();
    let rust = Tag::create().name("rust").save(&db).await?;
    let glass = Tag::create().name("glass").save(&db).await?;
    post.tags.add([&rust, &glass], &db).await?;
    post.tags.set([&glass], &db).await?;
    post.tags.remove([&rust], &db).await?;
    let n = post.tags.count(&db).await?;
    let about_glass = post.tags.contains(&glass, &db).await?;
    let short = post.tags.objects().filter(|t| t.name.lt("h")).all(&db).await?;
    post.tags.clear(&db).await?;
    let cork = post.tags.create(Tag::create().name("cork").build(), &db).await?;
    assert_eq!((n, about_glass, short.len(), cork.posts().count(&db).await?), (1, true, 1, 1));
    rust.edit_posts().add([&post], &db).await?;
    let about_rust = rust.posts().count(&db).await?;
    rust.edit_posts().clear(&db).await?;
    assert_eq!((about_rust, post.tags.count(&db).await?), (1, 1));
    let bob = Author::create().name("Bob").save(&db).await?;
    let band = Band::create().name("The Corks").save(&db).await?;
    Membership::create().band(&band).author(&ada).role("singer").save(&db).await?;
    band.members.add_with([&bob], |m| m.role.set("drummer"), &db).await?;
    let size = band.members.count(&db).await?;
    let singers = Author::objects().filter(|a| a.membership_set().role.eq("singer")).all(&db).await?;
    let bands: Vec<(Band, Vec<Author>)> = Band::objects().prefetch(|b| b.members()).all(&db).await?;
    assert_eq!((size, singers.len(), bands[0].1.len()), (2, 1, 2));
    Ok(())
}

async fn any_model(db: &Db, post: Post) -> Result<()> {
    let db = db.clone();
    let photo = Photo::create().title("A jar").save(&db).await?;
    let note = Note::create().text("Well said.").about(&post).save(&db).await?;
    let on_photo = photo.notes.create().text("Too dark.").save(&db).await?;

    // `None` is a row of another model, or one that is gone.
    let of_post: Option<Post> = note.about.get(&db).await?;
    let is_of_photo = note.about.is::<Photo>(&db).await?;
    let words = match note.about.model(&db).await? {
        Some(model) if model == Post::meta() => "about a post",
        Some(model) => model.label,
        None => "about what this site does not know",
    };
    assert_eq!((of_post.map(|found| found.id), is_of_photo, words), (Some(post.id), false, "about a post"));
    let about_it = Note::objects().filter(|n| n.about.is(&post)).all(&db).await?;
    let about_photos = Note::objects().filter(|n| n.about.is_a::<Photo>()).count(&db).await?;
    let dark = Photo::objects().filter(|p| p.notes().text.icontains("dark")).all(&db).await?;
    let by_ada = Note::objects().filter(|n| n.about.of::<Post>().author().name.eq("Ada")).all(&db).await?;
    let moved = Note::objects().filter(|n| n.text.eq("misplaced")).update(|n| n.about.set(&post)).execute(&db).await?;

    // One more query.
    let photos: Vec<(Photo, Vec<Note>)> = Photo::objects().prefetch(|p| p.notes()).all(&db).await?;

    // One more query for each model, with conditions and relations of its own.
    let notes: Vec<(Note, Option<Photo>, Option<Post>)> = Note::objects()
        .prefetch(|n| (n.about.of::<Photo>(), n.about.of::<Post>().filter(|p| p.views.gt(9))))
        .order_by(|n| n.id)
        .all(&db)
        .await?;
    assert_eq!((about_it.len(), about_photos, dark.len(), by_ada.len(), moved), (1, 1, 1, 1, 0));
    assert_eq!((photos[0].1[0].id, notes[0].1.is_some(), notes[0].2.is_some()), (on_photo.id, false, true));
    assert_eq!((notes[1].1.is_some(), notes[1].2.is_some()), (true, false));
    Ok(())
}

#[test]
fn the_page_shows_what_is_run() {
    super::holds(include_str!("relations.rs"), include_str!("../../../../docs/relations.md"));
}
