//! [`MysqlDriver`]: the database as a whole.

use std::any::Any;

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{
    Answer, Connection, Dialect, Driver, Isolation, Mysql, Outcome, RowSink, Statement, Transaction, TransactionOptions,
};
use mysql_async::Conn;

use crate::error::lost;
use crate::lease::Lease;
use crate::migrate_lock;
use crate::options::Options;
use crate::pool::Pool;
use crate::run::{self, Rest};
use crate::server::Server;
use crate::transaction::{MysqlTransaction, Work};

/// A MySQL or MariaDB database. `db.driver().as_any().downcast_ref::<MysqlDriver>()` gives it for what only it has.
pub struct MysqlDriver {
    pool: Pool,
}

impl MysqlDriver {
    pub(crate) async fn connect(options: Options) -> Result<Self> {
        let pool = Pool::new(options);
        // Makes sure that the address leads somewhere, and learns which server answers.
        drop(pool.lease().await?);
        Ok(Self { pool })
    }

    /// Which server answers.
    pub fn server(&self) -> Server {
        self.pool.server().unwrap_or_else(|| Server::parse(""))
    }

    /// Does some work on a connection of mysql_async itself: `LOAD DATA`, several result sets. It counts as one of the
    /// pool's as long as it lives and is closed afterwards, as nobody knows how it is left.
    ///
    /// # Errors
    /// `orm.pool` and `orm.connection`.
    pub async fn native(&self) -> Result<NativeConnection> {
        let lease = self.pool.lease().await?;
        let (conn, slot) = lease.into_parts().ok_or_else(|| lost("the connection was lost"))?;
        Ok(NativeConnection { conn, _slot: slot })
    }

    async fn begin_work(&self, begin: String, work: Work) -> Result<Box<dyn Transaction>> {
        loop {
            let mut lease = self.pool.lease().await?;
            let is_used = lease.is_used;
            match on(&mut lease, async |conn| run::plain(conn, &begin).await).await {
                // The server was restarted since; nothing was done yet, so another connection will do.
                Err(error) if is_used && error.code() == "orm.connection" => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(MysqlTransaction::boxed(lease, work)),
            }
        }
    }
}

/// A connection of mysql_async, counted as one of the pool's.
#[derive(Debug)]
pub struct NativeConnection {
    conn: Conn,
    _slot: tokio::sync::OwnedSemaphorePermit,
}

impl std::ops::Deref for NativeConnection {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl std::ops::DerefMut for NativeConnection {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// Does work on a leased connection.
async fn on<T>(lease: &mut Lease, work: impl AsyncFnOnce(&mut Conn) -> run::Done<T>) -> Result<T> {
    let conn = lease.busy().ok_or_else(|| lost("the connection was lost"))?;
    let done = work(conn).await;
    lease.done(done)
}

impl Connection for MysqlDriver {
    fn dialect(&self) -> &'static dyn Dialect {
        &Mysql
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        Answer::later(async move {
            loop {
                let mut lease = self.pool.lease().await?;
                let conn = lease.busy().ok_or_else(|| lost("the connection was lost"))?;
                let mut any = false;
                let done = run::query(conn, statement, sink, Rest::Little, &mut any).await;
                match lease.done(done) {
                    // The server was restarted since the connection was made; reading again changes nothing.
                    Err(error)
                        if lease.is_used && !any && error.code() == "orm.connection" && reads(&statement.sql) => {}
                    result => return result,
                }
            }
        })
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        Answer::later(async move {
            let mut lease = self.pool.lease().await?;
            let conn = lease.busy().ok_or_else(|| lost("the connection was lost"))?;
            let done = run::execute(conn, &statement.sql, &statement.params).await;
            // A statement that began a transaction with SQL must not leave it to the next who gets the connection.
            lease.in_transaction = run::in_transaction(conn).unwrap_or(false);
            lease.done(done)
        })
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        Answer::later(async move {
            let transaction = self.begin(TransactionOptions::default()).await?;
            let outcome = transaction.execute_many(sql, rows).await?;
            transaction.commit().await?;
            Ok(outcome)
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        Answer::later(async move {
            let mut lease = self.pool.lease().await?;
            let conn = lease.busy().ok_or_else(|| lost("the connection was lost"))?;
            let done = run::script(conn, sql).await;
            lease.in_transaction = run::in_transaction(conn).unwrap_or(true);
            lease.done(done)
        })
    }
}

impl Driver for MysqlDriver {
    fn begin(&self, options: TransactionOptions) -> Answer<'_, Box<dyn Transaction>> {
        Answer::later(self.begin_work(begin(options), Work::Rows))
    }

    fn lock_migrations(&self) -> Answer<'_, Box<dyn Send + Sync>> {
        Answer::later(migrate_lock::acquire(&self.pool))
    }

    fn begin_schema_change(&self) -> Answer<'_, Box<dyn Transaction>> {
        Answer::later(self.begin_work("START TRANSACTION".to_owned(), Work::Tables))
    }

    fn address(&self) -> &str {
        self.pool.address()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn begin(options: TransactionOptions) -> String {
    let isolation = match options.isolation {
        Some(Isolation::RepeatableRead) => "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; ",
        Some(Isolation::Serializable) => "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; ",
        // That is what sessions are set to.
        _ => "",
    };
    format!("{isolation}START TRANSACTION{}", if options.read_only { " READ ONLY" } else { "" })
}

/// Does running it twice do the same as running it once?
fn reads(sql: &str) -> bool {
    sql.trim_start().as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"SELECT"))
}
