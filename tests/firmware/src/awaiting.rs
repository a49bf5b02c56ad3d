use cortex_m::peripheral::SCB;
use embassy_time::Timer;
use redox_auth_core::{AsyncSigner, BlockingSigner, Client, Es384Key, RetryAfter};
use redox_auth_gateway::{Device, Error, Gateway};
use semihosting::process;

use crate::course::{
    Answered, Board, Course, MESSAGE_LEN, TOKEN_LEN, TRIES, Verdict, give_up, request,
};
use crate::{AwaitedDialer, Network, executor};

/// Goes through the [`Course`] with a gateway that is awaited, beside a task that moves the network, and ends the emulator.
pub fn await_through() -> ! {
    let course = Course::start();
    executor::run(course.clock(), |spawner| {
        let network = move_network(course.network());
        spawner.spawn(network.expect("it is spawned once"));
        spawner.spawn(live(course).expect("it is spawned once"));
    })
}

#[embassy_executor::task]
async fn move_network(network: &'static Network) -> ! {
    network.run().await
}

#[embassy_executor::task]
async fn live(course: Course) {
    let signer = BlockingSigner(course.signer(c"es384.pem", Es384Key::parse));
    let keys = [course.awaited_key(&signer)];
    let session = course.session(&keys);
    let dialer = AwaitedDialer::new(course.dialer());
    let gateway = Gateway::new(session, course.board(), dialer, course.buffers());
    let mut life = Life { gateway, course };
    if life.course.is_first_boot() {
        life.before_the_reset().await;
        SCB::sys_reset()
    }
    life.after_the_reset().await;
    process::exit(0)
}

struct Life<'k, S> {
    gateway: Gateway<'static, Client<'k, S>, Board, AwaitedDialer, [u8; TOKEN_LEN]>,
    course: Course,
}

impl<S: AsyncSigner> Life<'_, S> {
    async fn before_the_reset(&mut self) {
        let start = self.course.clock().executed();
        self.learn_time().await;
        let learned = self.course.clock().executed();
        self.course
            .print_cost("the time learned, with a TLS handshake", start);
        if let Err(error) = self.gateway.authorize_async().await {
            give_up(error);
        }
        self.course
            .print_cost("a token got, with a TLS handshake", learned);
        for what in ["a message sent", "another one sent"] {
            let before = self.course.clock().executed();
            self.send().await;
            self.course.print_cost(what, before);
        }
        // What these meet, the host laid down before: a revoked token, 429, and the end of the connection.
        for _ in 0..3 {
            self.send().await;
        }
        self.save();
        self.end();
    }

    async fn after_the_reset(&mut self) {
        self.learn_time().await;
        self.restore();
        let before = self.course.clock().executed();
        self.send().await;
        self.course
            .print_cost("a message sent with the token of before", before);
        self.end();
        self.course.report();
    }

    async fn learn_time(&mut self) {
        if let Err(error) = self.gateway.learn_time_async().await {
            give_up(error);
        }
    }

    /// Sends a message until the server has it.
    async fn send(&mut self) {
        let mut buffer = [0; MESSAGE_LEN];
        let message = self.course.message(&mut buffer);
        for _ in 0..TRIES {
            let answered = self.post(message).await;
            match self.course.judge(answered) {
                Verdict::Delivered => return,
                Verdict::AgainInMillis(millis) => Timer::after_millis(millis).await,
            }
        }
        panic!("the server does not take the message");
    }

    async fn post(&mut self, message: &[u8]) -> Result<Answered, Error> {
        let mut answer = self.gateway.send_async(request(message)).await?;
        let status = answer.status();
        let retry_after = answer.header("retry-after").and_then(RetryAfter::parse);
        let mut part = [0; 64];
        while answer.read_async(&mut part).await? > 0 {}
        Ok(Answered {
            status,
            retry_after,
        })
    }

    fn save(&mut self) {
        let now = self.gateway.device_mut().now();
        let session = self.gateway.session();
        let saved = self.course.kept().save(|out| session.save(now, out));
        saved.expect("there is a token, and room for it");
    }

    fn restore(&mut self) {
        let now = self.gateway.device_mut().now();
        let record = self.course.kept().record();
        let restored = self.gateway.session_mut().restore(now, record);
        restored.expect("the token is as it was saved");
    }

    fn end(&mut self) {
        self.gateway.disconnect();
        let connections = self.gateway.connector_mut().connections();
        let counters = self.gateway.session().counters();
        self.course.close_the_books(counters, connections);
    }
}
