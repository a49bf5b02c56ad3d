use core::ffi::CStr;

use cortex_m::peripheral::SCB;
use redox_auth_core::{Client, KeyError, RetryAfter, Signer};
use redox_auth_gateway::{Device, Error, Gateway};
use semihosting::process;

use crate::Dialer;
use crate::course::{
    Answered, Board, Course, MESSAGE_LEN, TOKEN_LEN, TRIES, Verdict, give_up, request,
};

/// Goes through the [`Course`] with a gateway that waits, and ends the emulator.
pub fn wait_through<S: Signer>(key_file: &CStr, parse: fn(&[u8]) -> Result<S, KeyError>) -> ! {
    let course = Course::start();
    let signer = course.signer(key_file, parse);
    let keys = [course.key(&signer)];
    let session = course.session(&keys);
    let gateway = Gateway::new(session, course.board(), course.dialer(), course.buffers());
    let mut life = Life { gateway, course };
    if life.course.is_first_boot() {
        life.before_the_reset();
        SCB::sys_reset()
    }
    life.after_the_reset();
    process::exit(0)
}

struct Life<'k, S: Signer> {
    gateway: Gateway<'static, Client<'k, S>, Board, Dialer, [u8; TOKEN_LEN]>,
    course: Course,
}

impl<S: Signer> Life<'_, S> {
    fn before_the_reset(&mut self) {
        self.measured("the time learned, with a TLS handshake", Self::learn_time);
        self.measured("a token got, with a TLS handshake", Self::authorize);
        self.measured("a message sent", Self::send);
        self.measured("another one sent", Self::send);
        // What these meet, the host laid down before: a revoked token, 429, and the end of the connection.
        for _ in 0..3 {
            self.send();
        }
        self.save();
        self.end();
    }

    fn after_the_reset(&mut self) {
        self.learn_time();
        self.restore();
        self.measured("a message sent with the token of before", Self::send);
        self.end();
        self.course.report();
    }

    fn learn_time(&mut self) {
        if let Err(error) = self.gateway.learn_time() {
            give_up(error);
        }
    }

    fn authorize(&mut self) {
        if let Err(error) = self.gateway.authorize() {
            give_up(error);
        }
    }

    /// Sends a message until the server has it.
    fn send(&mut self) {
        let mut buffer = [0; MESSAGE_LEN];
        let message = self.course.message(&mut buffer);
        for _ in 0..TRIES {
            let answered = self.post(message);
            match self.course.judge(answered) {
                Verdict::Delivered => return,
                Verdict::AgainInMillis(millis) => self.sleep(millis),
            }
        }
        panic!("the server does not take the message");
    }

    fn post(&mut self, message: &[u8]) -> Result<Answered, Error> {
        let mut answer = self.gateway.send(request(message))?;
        let status = answer.status();
        let retry_after = answer.header("retry-after").and_then(RetryAfter::parse);
        // Only whether it is whole matters here: who would act on it reads it with `MetaAnswer`.
        let mut part = [0; 64];
        while answer.read(&mut part)? > 0 {}
        Ok(Answered {
            status,
            retry_after,
        })
    }

    fn sleep(&self, millis: u64) {
        let clock = self.course.clock();
        let until = clock.millis() + millis;
        while clock.millis() < until {
            clock.sleep();
        }
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

    /// Runs a part of the course and prints what it cost.
    fn measured(&mut self, what: &str, part: fn(&mut Self)) {
        let before = self.course.clock().executed();
        part(self);
        self.course.print_cost(what, before);
    }
}
