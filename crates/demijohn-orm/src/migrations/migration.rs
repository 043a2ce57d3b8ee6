//! [`Migration`]: the steps from one state of an app's models to the next.

use demijohn_core::model::{SourceMeta, Value};
use demijohn_sql::schema::Fill;

use super::server::OnServer;
use super::state::ModelState;
use super::{Collation, Constraint, Field, Index, MigrationFn, Operation, Pairs, Step};

/// The steps from one state of an app's models to the next. `makemigrations` writes them; people read and extend them.
///
/// ```
/// use demijohn_orm::migrations::prelude::*;
///
/// let migration = Migration::new("blog", "0002_post_views")
///     .depends_on("blog", "0001_initial")
///     .add_field("Post", "views", integer().fill_with(0))
///     .add_index("Post", index(["views"]));
/// assert_eq!(migration.full_name(), "blog.0002_post_views");
/// ```
#[derive(Debug, Clone)]
pub struct Migration {
    pub(crate) app: String,
    pub(crate) name: String,
    pub(crate) dependencies: Vec<(String, String)>,
    /// Those of other apps that must come after it.
    pub(crate) run_before: Vec<(String, String)>,
    pub(crate) replaces: Vec<String>,
    /// Is it one transaction?
    pub(crate) atomic: bool,
    pub(crate) operations: Vec<Operation>,
}

/// The columns, tables of pairs and indexes of a model that a migration makes.
#[derive(Debug)]
pub struct NewModel(ModelState);

impl NewModel {
    /// Adds a column.
    pub fn field(&mut self, name: &str, mut field: Field) -> &mut Self {
        if let Some(target) = field.target_mut() {
            target.in_app(&self.0.app);
        }
        self.0.fields.push((name.to_owned(), field));
        self
    }

    /// Adds a table of pairs: `m.many_to_many("tags", "blog.Tag")`.
    pub fn many_to_many(&mut self, name: &str, pairs: impl Into<Pairs>) -> &mut Self {
        let pairs = own_pairs(pairs.into(), &self.0.app);
        self.0.many_to_many.push((name.to_owned(), pairs));
        self
    }

    /// Adds an index or a unique constraint over several columns.
    pub fn index(&mut self, index: Index) -> &mut Self {
        self.0.indexes.push(index);
        self
    }

    /// Adds a check or an exclusion.
    pub fn constraint(&mut self, constraint: Constraint) -> &mut Self {
        self.0.constraints.push(constraint);
        self
    }

    /// What the database keeps as the table's comment.
    pub fn comment(&mut self, comment: &str) -> &mut Self {
        comment.clone_into(&mut self.0.comment);
        self
    }

    /// The table's name, where it is not `app_model`.
    pub fn table(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.0.table);
        self
    }
}

fn own_pairs(mut pairs: Pairs, app: &str) -> Pairs {
    pairs.to.in_app(app);
    pairs
}

impl Migration {
    /// A migration of an app: `Migration::new("blog", "0001_initial")`. App and name are what the database records.
    pub fn new(app: &str, name: &str) -> Self {
        let (dependencies, run_before, replaces, operations) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (app, name, atomic) = (app.to_owned(), name.to_owned(), true);
        Self { app, name, dependencies, run_before, replaces, atomic, operations }
    }

    /// Must come after that migration.
    pub fn depends_on(mut self, app: &str, migration: &str) -> Self {
        self.dependencies.push((app.to_owned(), migration.to_owned()));
        self
    }

    /// Must come before that migration, of an app that knows nothing of this one.
    pub fn run_before(mut self, app: &str, migration: &str) -> Self {
        self.run_before.push((app.to_owned(), migration.to_owned()));
        self
    }

    /// Stands for these older migrations of its app. Applied, it records them too; a database that has its own name
    /// recorded has it already.
    pub fn replaces(mut self, names: &[&str]) -> Self {
        self.replaces.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Is not one transaction: each step is applied by itself, SQL and concurrent work on indexes outside of any
    /// transaction. One that fails keeps the steps before it, and the next `migrate` goes on where it stopped.
    ///
    /// For what PostgreSQL does only outside of a transaction, and for work on so many rows that one would be too long.
    ///
    /// ```
    /// use demijohn_orm::migrations::prelude::*;
    ///
    /// let migration = Migration::new("blog", "0004_post_title")
    ///     .not_atomic()
    ///     .depends_on("blog", "0003_fill_slugs")
    ///     .add_index_concurrently("Post", index(["title"]));
    /// # let _ = migration;
    /// ```
    pub fn not_atomic(mut self) -> Self {
        self.atomic = false;
        self
    }

    /// `blog.0001_initial`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.app, self.name)
    }

    /// The app.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The name: `0001_initial`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn with(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    fn own(&self, mut field: Field) -> Field {
        if let Some(target) = field.target_mut() {
            target.in_app(&self.app);
        }
        field
    }
}

/// Models.
impl Migration {
    /// Makes a model's table.
    pub fn create_model(self, name: &str, describe: impl FnOnce(&mut NewModel)) -> Self {
        let mut model = NewModel(ModelState::new(&self.app, name));
        describe(&mut model);
        self.with(Operation::CreateModel(model.0))
    }

    /// Removes a model's table with everything in it.
    pub fn delete_model(self, name: &str) -> Self {
        self.with(Operation::DeleteModel { name: name.to_owned() })
    }

    /// Gives a model another name, and its table if it has the usual one.
    pub fn rename_model(self, from: &str, to: &str) -> Self {
        self.with(Operation::RenameModel { from: from.to_owned(), to: to.to_owned() })
    }

    /// Gives a model's table another name.
    pub fn alter_table(self, model: &str, table: &str) -> Self {
        self.with(Operation::AlterTable { model: model.to_owned(), table: table.to_owned() })
    }

    /// Changes the comment that the database keeps for a model's table; an empty one goes.
    pub fn alter_table_comment(self, model: &str, comment: &str) -> Self {
        self.with(Operation::AlterComment { model: model.to_owned(), comment: comment.to_owned() })
    }
}

/// Fields.
impl Migration {
    /// Adds a column. One that may not be NULL needs `.fill_with(…)` for the rows that are there.
    pub fn add_field(self, model: &str, name: &str, field: Field) -> Self {
        let field = self.own(field);
        self.with(Operation::AddField { model: model.to_owned(), name: name.to_owned(), field })
    }

    /// Removes a column with everything in it.
    pub fn remove_field(self, model: &str, name: &str) -> Self {
        self.with(Operation::RemoveField { model: model.to_owned(), name: name.to_owned(), restore: None })
    }

    /// Removes a column; taken back, every row gets this value in it.
    pub fn remove_field_restoring(self, model: &str, name: &str, value: impl Into<Value>) -> Self {
        let restore = Some(Fill::Value(value.into()));
        self.with(Operation::RemoveField { model: model.to_owned(), name: name.to_owned(), restore })
    }

    /// Changes a column into this one.
    pub fn alter_field(self, model: &str, name: &str, field: Field) -> Self {
        let field = self.own(field);
        self.with(Operation::AlterField { model: model.to_owned(), name: name.to_owned(), field })
    }

    /// Gives a column another name.
    pub fn rename_field(self, model: &str, from: &str, to: &str) -> Self {
        self.with(Operation::RenameField { model: model.to_owned(), from: from.to_owned(), to: to.to_owned() })
    }

    /// Adds a table of pairs.
    pub fn add_many_to_many(self, model: &str, name: &str, pairs: impl Into<Pairs>) -> Self {
        let pairs = own_pairs(pairs.into(), &self.app);
        self.with(Operation::AddManyToMany { model: model.to_owned(), name: name.to_owned(), pairs })
    }

    /// Removes a table of pairs with everything in it.
    pub fn remove_many_to_many(self, model: &str, name: &str) -> Self {
        self.with(Operation::RemoveManyToMany { model: model.to_owned(), name: name.to_owned() })
    }
}

/// Indexes and constraints.
impl Migration {
    /// Adds an index or a unique constraint.
    pub fn add_index(self, model: &str, index: Index) -> Self {
        self.with(Operation::AddIndex { model: model.to_owned(), index })
    }

    /// Removes one, described as it was added.
    pub fn remove_index(self, model: &str, index: Index) -> Self {
        self.with(Operation::RemoveIndex { model: model.to_owned(), index })
    }

    /// Gives an index, described as it was added, another name.
    pub fn rename_index(self, model: &str, index: Index, to: &str) -> Self {
        self.with(Operation::RenameIndex { model: model.to_owned(), index, to: to.to_owned() })
    }

    /// Adds a check or an exclusion.
    pub fn add_constraint(self, model: &str, constraint: Constraint) -> Self {
        self.with(Operation::AddConstraint { model: model.to_owned(), constraint })
    }

    /// Removes a check or an exclusion, described as it was added.
    pub fn remove_constraint(self, model: &str, constraint: Constraint) -> Self {
        self.with(Operation::RemoveConstraint { model: model.to_owned(), constraint })
    }
}

/// What PostgreSQL alone knows. Other databases need no extensions and collations, and make plain indexes and checks.
impl Migration {
    /// Makes an extension of PostgreSQL: `hstore`, `pg_trgm`, `unaccent`, `btree_gist`.
    pub fn create_extension(self, name: &str) -> Self {
        self.with(Operation::OnServer(OnServer::CreateExtension { name: name.to_owned() }))
    }

    /// Removes an extension of PostgreSQL.
    pub fn remove_extension(self, name: &str) -> Self {
        self.with(Operation::OnServer(OnServer::RemoveExtension { name: name.to_owned() }))
    }

    /// Makes an order of letters: `create_collation(collation("german", "de-u-ks-level2").not_deterministic())`.
    pub fn create_collation(self, collation: Collation) -> Self {
        self.with(Operation::OnServer(OnServer::CreateCollation(collation)))
    }

    /// Removes an order of letters, described as it was made.
    pub fn remove_collation(self, collation: Collation) -> Self {
        self.with(Operation::OnServer(OnServer::RemoveCollation(collation)))
    }

    /// Adds an index while rows are written, in a migration that is [`not_atomic`](Self::not_atomic). A build that fails
    /// leaves an index that is not valid: the next `migrate` drops it and builds it again.
    pub fn add_index_concurrently(self, model: &str, index: Index) -> Self {
        self.with(Operation::OnServer(OnServer::AddIndexConcurrently { model: model.to_owned(), index }))
    }

    /// Removes an index while rows are written, in a migration that is [`not_atomic`](Self::not_atomic).
    pub fn remove_index_concurrently(self, model: &str, index: Index) -> Self {
        self.with(Operation::OnServer(OnServer::RemoveIndexConcurrently { model: model.to_owned(), index }))
    }

    /// Adds a check that the rows which are there need not pass yet: the table is locked for a moment only.
    pub fn add_constraint_not_valid(self, model: &str, check: Constraint) -> Self {
        let constraint = check;
        self.with(Operation::OnServer(OnServer::AddConstraintNotValid { model: model.to_owned(), constraint }))
    }

    /// Checks the rows that are there against such a constraint, while others are written.
    pub fn validate_constraint(self, model: &str, name: &str) -> Self {
        let (model, name) = (model.to_owned(), name.to_owned());
        self.with(Operation::OnServer(OnServer::ValidateConstraint { model, name }))
    }
}

/// Work on the data.
impl Migration {
    /// Does one thing to the database and another to what migrations know of the models: for tables that were changed
    /// by hand, or are changed in a better way.
    ///
    /// ```
    /// use demijohn_orm::migrations::prelude::*;
    ///
    /// let migration = Migration::new("blog", "0004_by_hand").separate(
    ///     |database| database.run_sql("ALTER TABLE blog_post ADD COLUMN views integer NOT NULL DEFAULT 0", ""),
    ///     |models| models.add_field("Post", "views", integer()),
    /// );
    /// # let _ = migration;
    /// ```
    pub fn separate(self, database: impl FnOnce(Self) -> Self, state: impl FnOnce(Self) -> Self) -> Self {
        let empty = || Self::new(&self.app, &self.name);
        let (database, state) = (database(empty()).operations, state(empty()).operations);
        self.with(Operation::Separate { database, state })
    }

    /// Runs SQL, and other SQL to take it back; an empty way back does nothing.
    pub fn run_sql(self, forward: &str, backward: &str) -> Self {
        let backward = Some(backward.to_owned());
        self.with(Operation::RunSql { forward: forward.to_owned(), backward, elidable: false })
    }

    /// Runs SQL that cannot be taken back.
    pub fn run_sql_irreversible(self, forward: &str) -> Self {
        self.with(Operation::RunSql { forward: forward.to_owned(), backward: None, elidable: false })
    }

    /// The SQL or the function before it is for rows that were there when it was written: `squashmigrations` and
    /// `optimizemigration` leave it out, for a new database has none. Of another step it says nothing.
    ///
    /// ```
    /// use demijohn_orm::migrations::prelude::*;
    ///
    /// let migration = Migration::new("blog", "0003_fill_slugs")
    ///     .depends_on("blog", "0002_post_slug")
    ///     .run_sql("UPDATE blog_post SET slug = lower(title) WHERE slug = ''", "")
    ///     .elidable();
    /// # let _ = migration;
    /// ```
    pub fn elidable(mut self) -> Self {
        if let Some(Operation::RunSql { elidable, .. } | Operation::Run { elidable, .. }) = self.operations.last_mut() {
            *elidable = true;
        }
        self
    }

    /// Runs an `async fn(tx: &Tx) -> Result<()>` inside the migration's transaction, and another to take it back
    /// ([`nothing`](super::nothing) when there is nothing to take back). One that also takes a `&Past` gets the models as
    /// they are at that point: see [`Past`](super::Past).
    ///
    /// ```
    /// use demijohn_orm::Executor as _;
    /// use demijohn_orm::migrations::prelude::*;
    ///
    /// async fn fill_slugs(tx: &Tx) -> Result<()> {
    ///     tx.connection().execute_script("UPDATE blog_post SET slug = lower(title) WHERE slug = ''").await
    /// }
    ///
    /// let migration = Migration::new("blog", "0003_fill_slugs")
    ///     .depends_on("blog", "0002_post_slug")
    ///     .run(fill_slugs, nothing);
    /// # let _ = migration;
    /// ```
    pub fn run<A, B>(
        self,
        forward: impl for<'a> MigrationFn<'a, A>,
        backward: impl for<'a> MigrationFn<'a, B>,
    ) -> Self {
        let backward = Some(Step::new(backward));
        self.with(Operation::Run { forward: Step::new(forward), backward, elidable: false })
    }

    /// Runs an `async fn(tx: &Tx) -> Result<u64>` again and again, until it says that it changed no more rows: for so
    /// many rows that one transaction would hold them for too long. In a migration that is
    /// [`not_atomic`](Self::not_atomic) each call is a transaction of its own, so it must find by itself what is left to
    /// do: a program that was stopped goes on there. It may take a `&Past`, too.
    ///
    /// ```
    /// use demijohn_orm::Executor as _;
    /// use demijohn_orm::migrations::prelude::*;
    ///
    /// async fn fill_slugs(tx: &Tx, past: &Past) -> Result<u64> {
    ///     let posts = past.model("blog.Post")?;
    ///     let some = posts.rows().filter(posts.is("slug", "")?).limit(1000).all(tx).await?;
    ///     for post in &some {
    ///         let slug = post.require("title")?.to_string().to_lowercase();
    ///         posts.update(tx, post.key(), [("slug", slug.into())]).await?;
    ///     }
    ///     Ok(some.len() as u64)
    /// }
    ///
    /// let migration = Migration::new("blog", "0003_fill_slugs")
    ///     .not_atomic()
    ///     .depends_on("blog", "0002_post_slug")
    ///     .run_in_portions(fill_slugs, nothing);
    /// # let _ = migration;
    /// ```
    pub fn run_in_portions<A, B>(
        self,
        forward: impl for<'a> MigrationFn<'a, A, u64>,
        backward: impl for<'a> MigrationFn<'a, B>,
    ) -> Self {
        let backward = Some(Step::new(backward));
        self.with(Operation::Run { forward: Step::in_portions(forward), backward, elidable: false })
    }

    /// Runs an `async fn(tx: &Tx) -> Result<()>` that cannot be taken back.
    pub fn run_irreversible<A>(self, forward: impl for<'a> MigrationFn<'a, A>) -> Self {
        self.with(Operation::Run { forward: Step::new(forward), backward: None, elidable: false })
    }
}

/// The migrations of an app and the place where their source stands; the [`migrations!`](crate::migrations!) macro
/// makes it.
#[derive(Debug, Clone)]
pub struct Migrations {
    /// The app: `blog`.
    pub app: String,
    /// The file with the list; the migrations stand beside it.
    pub source: SourceMeta,
    /// The migrations, in the order in which they were made.
    pub list: Vec<Migration>,
}

impl Migrations {
    /// The migrations of an app.
    pub fn new(app: &str, source: SourceMeta, list: Vec<Migration>) -> Self {
        Self { app: app.to_owned(), source, list }
    }
}

/// Lists the migrations of an app, as `pub fn all() -> Migrations`. `makemigrations` keeps the list.
///
/// ```
/// # use demijohn_orm as demijohn;
/// mod m0001_initial {
///     use demijohn_orm::migrations::prelude::*;
///
///     pub(super) fn migration() -> Migration {
///         Migration::new("blog", "0001_initial")
///     }
/// }
///
/// demijohn::migrations! {
///     "blog",
///     m0001_initial,
/// }
/// # fn main() {
/// assert_eq!(all().list[0].full_name(), "blog.0001_initial");
/// # }
/// ```
#[macro_export]
macro_rules! migrations {
    ($app:literal $(, $module:ident)* $(,)?) => {
        /// Every migration of this app, in the order in which they were made.
        pub fn all() -> $crate::migrations::Migrations {
            let source = $crate::migrations::SourceMeta {
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                file: ::core::file!(),
                line: ::core::line!(),
            };
            let list: ::std::vec::Vec<$crate::migrations::Migration> = ::std::vec![$($module::migration()),*];
            $crate::migrations::Migrations::new($app, source, list)
        }
    };
}
