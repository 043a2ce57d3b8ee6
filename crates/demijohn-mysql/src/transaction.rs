//! [`MysqlTransaction`]: a connection, held until the end.

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{Answer, Connection, Dialect, Mysql, Outcome, RowSink, Statement, Transaction};
use mysql_async::Conn;
use tokio::sync::{Mutex, MutexGuard};

use crate::error::transaction_over;
use crate::lease::Lease;
use crate::run::{self, Done, Health, Rest};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Rows.
    Rows,
    /// Tables: each change of one ends the transaction, and the next statement begins another.
    Tables,
}

/// A transaction. However it ends, its connection is clean before somebody else gets it.
pub(crate) struct MysqlTransaction {
    state: Mutex<State>,
    work: Work,
}

struct State {
    lease: Lease,
    /// Did the server end it, or was a statement dropped half-way?
    is_over: bool,
}

impl MysqlTransaction {
    /// The transaction that was begun.
    pub(crate) fn boxed(mut lease: Lease, work: Work) -> Box<dyn Transaction> {
        lease.in_transaction = true;
        // A change of tables may turn off checks, and turns them on again before it is committed.
        lease.is_altered = work == Work::Tables;
        Box::new(Self { state: Mutex::new(State { lease, is_over: false }), work })
    }

    /// The connection, one caller at a time.
    async fn enter(&self) -> Result<Turn<'_>> {
        let mut state = self.state.lock().await;
        if state.is_over {
            return Err(transaction_over());
        }
        // Until the work is seen to end, it may be dropped half-way.
        state.is_over = true;
        let mut turn = Turn { state, work: self.work };
        if self.work == Work::Tables {
            let conn = turn.conn()?;
            if run::in_transaction(conn) == Some(false) {
                let done = run::plain(conn, "START TRANSACTION").await;
                turn.leave(done)?;
                turn.state.is_over = true;
            }
        }
        Ok(turn)
    }
}

/// A statement's turn on the connection.
struct Turn<'a> {
    state: MutexGuard<'a, State>,
    work: Work,
}

impl Turn<'_> {
    fn conn(&mut self) -> Result<&mut Conn> {
        self.state.lease.busy().ok_or_else(transaction_over)
    }

    /// The end of a statement: is the transaction still there?
    fn leave<T>(&mut self, done: Done<T>) -> Result<T> {
        let healthy = done.health == Health::Clean;
        let open = self.state.lease.busy().and_then(|conn| run::in_transaction(conn));
        let result = self.state.lease.done(done);
        let ended = match &result {
            Err(error) => run::ends_transaction(error),
            Ok(_) => self.work == Work::Rows && open == Some(false),
        };
        self.state.is_over = !healthy || ended;
        result
    }
}

impl Connection for MysqlTransaction {
    fn dialect(&self) -> &'static dyn Dialect {
        &Mysql
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        Answer::later(async move {
            let mut turn = self.enter().await?;
            let done = run::query(turn.conn()?, statement, sink, Rest::All, &mut false).await;
            turn.leave(done)
        })
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        Answer::later(async move {
            let mut turn = self.enter().await?;
            let done = run::execute(turn.conn()?, &statement.sql, &statement.params).await;
            turn.leave(done)
        })
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        Answer::later(async move {
            let mut turn = self.enter().await?;
            let done = nested(turn.conn()?, sql, rows).await;
            turn.leave(done)
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        Answer::later(async move {
            let mut turn = self.enter().await?;
            let done = run::script(turn.conn()?, sql).await;
            turn.leave(done)
        })
    }
}

/// Runs one statement for each list of values in a savepoint: all of them or none.
async fn nested(conn: &mut Conn, sql: &str, rows: &[Vec<Value>]) -> Done<Outcome> {
    let begun = run::plain(conn, "SAVEPOINT demijohn_many").await;
    if let Err(error) = begun.result {
        return Done { result: Err(error), health: begun.health };
    }
    let done = run::execute_many(conn, sql, rows).await;
    let is_there = match &done.result {
        Ok(_) => true,
        Err(error) => !run::ends_transaction(error),
    };
    if done.health != Health::Clean || !is_there {
        return done;
    }
    let end = match &done.result {
        Ok(_) => "RELEASE SAVEPOINT demijohn_many",
        Err(_) => "ROLLBACK TO SAVEPOINT demijohn_many; RELEASE SAVEPOINT demijohn_many",
    };
    let ended = run::plain(conn, end).await;
    match (done.result, ended.result) {
        (Ok(_), Err(error)) => Done { result: Err(error), health: ended.health },
        (result, _) => Done { result, health: ended.health },
    }
}

impl MysqlTransaction {
    async fn end(self: Box<Self>, sql: &'static str) -> Result<()> {
        let State { mut lease, is_over } = self.state.into_inner();
        if is_over {
            return Err(transaction_over());
        }
        let conn = lease.busy().ok_or_else(transaction_over)?;
        let done = run::plain(conn, sql).await;
        lease.in_transaction = done.result.is_err();
        lease.is_altered &= done.result.is_err() || sql != "COMMIT";
        lease.done(done)
    }
}

impl Transaction for MysqlTransaction {
    fn commit(self: Box<Self>) -> Answer<'static, ()> {
        Answer::later(self.end("COMMIT"))
    }

    fn rollback(self: Box<Self>) -> Answer<'static, ()> {
        Answer::later(async move {
            match self.end("ROLLBACK").await {
                // There is nothing left to roll back.
                Err(error) if error.code() == "orm.transaction" => Ok(()),
                result => result,
            }
        })
    }
}
