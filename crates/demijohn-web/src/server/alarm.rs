//! [`Alarm`]: the timer of one connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

use crate::context::lock;

/// The timer of one connection: one entry in the runtime's clock for all its waits.
///
/// hyper waits anew for the head of every request. An entry in the clock that is made and taken out each time costs a
/// lock that every connection wants. Here the entry stays, set to the first wait's end; when it rings too early for the
/// wait of the moment, it is set again, once in the time of a wait instead of once a request.
#[derive(Clone, Default)]
pub(super) struct Alarm(Arc<Mutex<Option<Pin<Box<tokio::time::Sleep>>>>>);

impl Timer for Alarm {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { alarm: self.clone(), deadline })
    }
}

/// One wait.
struct Until {
    alarm: Alarm,
    deadline: Instant,
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        let mut entry = lock(&self.alarm.0);
        let sleep = entry.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= deadline {
                // An alarm that rang would ring again at once for the next wait.
                *entry = None;
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_at_its_own_time_whatever_was_waited_for_before() {
        let alarm = Alarm::default();
        let start = tokio::time::Instant::now();
        let mut first = alarm.sleep_until((start + Duration::from_secs(10)).into_std());
        assert!(futures_poll(&mut first).await.is_pending());
        drop(first);
        alarm.sleep_until((start + Duration::from_secs(25)).into_std()).await;
        assert_eq!(start.elapsed(), Duration::from_secs(25));
        alarm.sleep_until((start + Duration::from_secs(27)).into_std()).await;
        assert_eq!(start.elapsed(), Duration::from_secs(27));
        let mut long = alarm.sleep_until((start + Duration::from_secs(90)).into_std());
        assert!(futures_poll(&mut long).await.is_pending());
        alarm.sleep_until((start + Duration::from_secs(30)).into_std()).await;
        assert_eq!(start.elapsed(), Duration::from_secs(30));
    }

    async fn futures_poll(sleep: &mut Pin<Box<dyn Sleep>>) -> Poll<()> {
        std::future::poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx))).await
    }
}
