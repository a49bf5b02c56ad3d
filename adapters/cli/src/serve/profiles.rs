use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;

use redox_auth_reqwest::{Redox, TenantError, Tenants, Token};
use tokio::task::spawn_blocking;

use super::tokens::token_of;
use crate::args::{ClientArgs, ProfileArgs};
use crate::failure::Failure;
use crate::file_news::FileNews;
use crate::profile::Alone;
use crate::terminal::say;
use crate::{connect, discovery};

/// The profiles that are asked for by name. The client of each is made when it is first asked for, and renews its token
/// while it is asked for.
pub(super) struct Profiles {
    named: Arc<Named>,
    clients: Tenants<String>,
    files: BTreeMap<String, FileNews>,
}

type Named = BTreeMap<String, Alone>;

impl Profiles {
    /// Reads their options; their keys are read when they are needed.
    pub(super) fn read(args: &ProfileArgs, names: &[String]) -> Result<Self, Failure> {
        let options = names.iter().map(|name| {
            let alone = Alone::read(args, name)?;
            let in_profile = |failure| alone.origins.named(&failure).and("profile", name);
            check(&alone.client).map_err(in_profile)?;
            Ok((name.clone(), alone))
        });
        let named: Arc<Named> = Arc::new(options.collect::<Result<_, Failure>>()?);
        let options = Arc::clone(&named);
        let make = move |name: String| {
            let options = Arc::clone(&options);
            async move {
                let Some(alone) = options.get(&name) else {
                    return Err(format!("no profile {name:?} is served"));
                };
                let client = client_of(alone.client.clone()).await;
                client.map_err(|failure| alone.origins.named(&failure).in_one_line())
            }
        };
        // Two profiles may differ in no more than their scope.
        let clients = Tenants::builder().allow_same_client_id();
        let clients = clients.build_async(make);
        let files = named.keys().map(|name| (name.clone(), FileNews::default()));
        Ok(Self {
            files: files.collect(),
            named,
            clients,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Their names, for a person.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.named.keys().map(String::as_str).collect();
        names.join(", ")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    pub(super) fn source_id(&self, name: &str) -> Option<&str> {
        self.named.get(name)?.source.source_id.as_deref()
    }

    /// The token of a profile, with the client that it comes from.
    pub(super) async fn token(&self, name: &str) -> Result<(Redox, Token), TenantError> {
        let name = name.to_owned();
        let client = self.clients.get(&name).await?;
        let token = token_of(&client).await;
        if let Some(files) = self.files.get(&name) {
            files.report(&client);
        }
        Ok((client, token?))
    }

    /// The client of a profile, if its token was requested before.
    pub(super) fn existing(&self, name: &str) -> Option<Redox> {
        self.clients.existing(&name.to_owned())
    }

    /// Reads the key files of the clients again that were asked for, and reports each.
    pub(super) async fn read_files_again(&self) {
        for (name, files) in &self.files {
            match self.clients.existing(name) {
                Some(client) => files.read_again(&client).await,
                None => say(format_args!(
                    "note: the key of the profile {name:?} is read when its token is first requested"
                )),
            }
        }
    }
}

async fn client_of(mut args: ClientArgs) -> Result<Redox, Failure> {
    discovery::find(&mut args.server).await?;
    // Reading files may block.
    let made = spawn_blocking(move || served(&args));
    made.await
        .unwrap_or_else(|ended| resume_unwind(ended.into_panic()))
}

/// Finds what no client can be made of, but for its keys, which are read when they are needed.
fn check(args: &ClientArgs) -> Result<(), Failure> {
    no_dpop(args)?;
    let _ = connect::builder_without_key(&args.server)?
        .no_key()
        .build()?;
    Ok(())
}

/// A client whose tokens are of use to those who are served: they would have one that is bound to a key without the key.
pub(super) fn served(args: &ClientArgs) -> Result<Redox, Failure> {
    no_dpop(args)?;
    Ok(connect::builder_for_long(args)?.build()?)
}

fn no_dpop(args: &ClientArgs) -> Result<(), Failure> {
    match args.server.dpop.is_given() {
        true => Err(Failure::usage(
            "a token that is bound to a DPoP key is of no use to others, so it is not served: leave out --dpop and --dpop-key",
        )),
        false => Ok(()),
    }
}
