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

/// The profiles that programs ask for by name. The first request for a profile creates its client, which renews its
/// token while programs ask for it.
pub(super) struct Profiles {
    named: Arc<Named>,
    clients: Tenants<String>,
    files: BTreeMap<String, FileNews>,
}

type Named = BTreeMap<String, Alone>;

impl Profiles {
    /// Reads their options. The first request for a profile reads its keys.
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

    /// The token of a profile, with its client.
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

    /// Reads the key files of the created clients again, and reports each.
    pub(super) async fn read_files_again(&self) {
        for (name, files) in &self.files {
            match self.clients.existing(name) {
                Some(client) => files.read_again(&client).await,
                None => say(format_args!(
                    "note: the command reads the key of the profile {name:?} at the first request for its token"
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

/// Checks the options without the keys, which the first request reads.
fn check(args: &ClientArgs) -> Result<(), Failure> {
    no_dpop(args)?;
    let _ = connect::builder_without_key(&args.server)?
        .no_key()
        .build()?;
    Ok(())
}

/// A client whose tokens other programs can use: rejects DPoP, because the programs do not have its key.
pub(super) fn served(args: &ClientArgs) -> Result<Redox, Failure> {
    no_dpop(args)?;
    Ok(connect::builder_for_long(args)?.build()?)
}

fn no_dpop(args: &ClientArgs) -> Result<(), Failure> {
    match args.server.dpop.is_given() {
        true => Err(Failure::usage(
            "other programs cannot use a token that is bound to this process's DPoP key: leave out --dpop and --dpop-key",
        )),
        false => Ok(()),
    }
}
