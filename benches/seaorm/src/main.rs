//! The same work in SeaORM, as its guide writes it.

use harness::Peer;
use sea_orm::entity::prelude::*;
use sea_orm::prelude::ChronoUtc;
use sea_orm::{ConnectOptions, Database, QueryOrder as _, QuerySelect as _, Set, TransactionTrait as _};

mod post {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "blog_post")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub created_at: DateTimeUtc,
        pub author_id: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::user::Entity", from = "Column::AuthorId", to = "super::user::Column::Id")]
        Author,
    }

    impl Related<super::user::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Author.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod user {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "auth_user")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub password: String,
        pub last_login: Option<DateTimeUtc>,
        pub is_superuser: bool,
        pub username: String,
        pub last_name: String,
        pub email: String,
        pub is_staff: bool,
        pub is_active: bool,
        pub date_joined: DateTimeUtc,
        pub first_name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone)]
struct SeaOrm(DatabaseConnection);

impl Peer for SeaOrm {
    async fn point_read(&self, id: i64) -> usize {
        let post = post::Entity::find_by_id(id).one(&self.0).await.expect("the query runs");
        post.expect("the post is there").content.len()
    }

    async fn join_page(&self) -> usize {
        let query = post::Entity::find().find_also_related(user::Entity).order_by_desc(post::Column::Id).limit(20);
        let page = query.all(&self.0).await.expect("the query runs");
        page.iter().map(|(post, user)| post.content.len() + user.as_ref().map_or(0, |user| user.username.len())).sum()
    }

    async fn thousand(&self, first: i64) -> usize {
        let query =
            post::Entity::find().filter(post::Column::Id.gte(first)).order_by_asc(post::Column::Id).limit(1_000);
        let posts = query.all(&self.0).await.expect("the query runs");
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        row(title, content, author).insert(&self.0).await.expect("the row is inserted").id
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let transaction = self.0.begin().await.expect("a transaction starts");
        // SQLite takes 32,766 parameters a statement, PostgreSQL 65,535, and a row has four.
        let mut rows = rows.into_iter().map(|(title, content, author)| row(title, content, author));
        loop {
            let part: Vec<_> = rows.by_ref().take(5_000).collect();
            if part.is_empty() {
                break;
            }
            post::Entity::insert_many(part).exec(&transaction).await.expect("the rows are inserted");
        }
        transaction.commit().await.expect("the transaction commits");
    }
}

fn row(title: String, content: String, author: i64) -> post::ActiveModel {
    post::ActiveModel {
        title: Set(title),
        content: Set(content),
        created_at: Set(ChronoUtc::now()),
        author_id: Set(author),
        ..Default::default()
    }
}

fn main() {
    harness::run(async |address: String| {
        let mut options = ConnectOptions::new(address);
        options.sqlx_logging(false).max_connections(16);
        options.map_sqlx_sqlite_opts(|options| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal)
        });
        SeaOrm(Database::connect(options).await.expect("the database opens"))
    });
}
