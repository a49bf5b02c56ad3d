use redox_auth_core::Rejected;
use redox_auth_sandbox::Request;
use serde_json::json;

use super::World;
use super::delivery::What;
use super::device::Device;
use crate::subject::Held;
use crate::violation::{Broken, Rule};

impl World<'_> {
    /// Uses the token, if there is one.
    pub(super) fn call_api(&mut self, device: usize) -> Result<(), Broken> {
        let advice = self.observe(device)?;
        let Some(held) = advice.token().cloned() else {
            return Ok(());
        };
        if self.outage {
            return Ok(());
        }
        self.count("API calls");
        let slow = self.random.percent(10);
        let most_ms = if slow { 30_000 } else { 300 };
        let (there_ms, back_ms) = (
            self.random.between(1, most_ms),
            self.random.between(1, most_ms),
        );
        self.send(self.now_ms + there_ms, device, What::Call { held, back_ms });
        Ok(())
    }

    /// The API said 401 to this token: it must not cost another one.
    pub(super) fn reject(&mut self, device: usize, held: &Held) -> Result<Rejected, Broken> {
        let Device {
            subject,
            clocks,
            watch,
            ..
        } = &mut self.devices[device];
        let at = clocks.steady(self.now_ms);
        let before = subject.next(at);
        let own = before.token().is_none_or(|current| current == held);
        let rejected = subject.rejected(held.generation, at);
        let after = subject.next(at);
        if before.token().is_some() && rejected == Rejected::Dropped && own {
            watch.rejected(at)?;
        }
        if (rejected != Rejected::Dropped || !own) && after.token() != before.token() {
            let what = format!(
                "d{device}: for the 401 to {:?}, which said {rejected:?}",
                held
            );
            return Err(Broken::new(Rule::Dropped, what));
        }
        self.count(match (own, rejected) {
            (false, _) => "401s to another token",
            (true, Rejected::Kept) => "401s too soon after another",
            (true, _) => "401s to the token in use",
        });
        self.note(format_args!(
            "d{device} 401 to {held:?}: {rejected:?} then {}",
            after.name()
        ));
        Ok(rejected)
    }
}

/// A message to the Data Model API, which takes tokens of either kind.
pub(super) fn api_request(held: &Held, account: usize) -> Request {
    let meta = json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Source": { "ID": format!("source-{account}") },
        "Destinations": [{ "ID": format!("dest-{account}") }],
    });
    Request::json("/endpoint", json!({ "Meta": meta }).to_string()).bearer(&held.token)
}
