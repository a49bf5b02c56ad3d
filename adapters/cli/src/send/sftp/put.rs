use indicatif::ProgressBar;

use super::content::{End, content};
use super::files::Parcel;
use super::left::{Left, left};
use super::names::part_of;
use super::place::obstacle;
use crate::args::SendArgs;
use crate::failure::Failure;
use crate::send::outcome::{Outcome, Verdict};
use crate::send::results::Start;
use crate::send::run::{Done, Work};
use crate::sftp::{Extra, Kind, Link, Login, Session, Trouble};
use crate::terminal::shown;

/// Brings files to their names on the server.
pub(super) struct Put {
    link: Link,
    login: Option<Login>,
    /// Of the bytes of all files.
    bar: ProgressBar,
    replaces: bool,
    is_direct: bool,
    repeats_unknown: bool,
}

/// A file under way: its place here, its final name, and the name under which it is written until then.
pub(super) struct Way<'a> {
    pub(super) parcel: &'a Parcel,
    pub(super) target: &'a str,
    /// That of the target where there is no other.
    pub(super) part: &'a str,
}

impl Put {
    pub(super) const fn new(link: Link, args: &SendArgs, bar: ProgressBar) -> Self {
        Self {
            link,
            login: None,
            bar,
            replaces: args.put.replace,
            is_direct: args.put.no_temp,
            repeats_unknown: args.repeat_unknown,
        }
    }

    /// Connects, and checks that the folder exists.
    pub(super) async fn begin(&mut self) -> Result<(), Failure> {
        let folder = shown(&self.link.address.folder);
        let address = self.link.address.clone();
        let session = self.session().await?;
        let found = session.look_behind(&address.folder).await;
        match found {
            Ok(Some(found)) if found.kind == Kind::Folder => Ok(()),
            Ok(Some(_)) => Err(Failure::usage(format!(
                "{folder} on {address} is a file, and must be a folder"
            ))),
            Ok(None) => Err(Failure::usage(format!(
                "there is no folder {folder} on {address} for this user"
            ))),
            Err(trouble) => Err(failure(
                &trouble,
                &format!("cannot look at the folder {folder}"),
            )),
        }
    }

    pub(super) async fn end(self) {
        if let Some(login) = self.login {
            login.end().await;
        }
    }

    /// Sends a file and returns its outcome.
    pub(super) async fn send(&mut self, work: Work<Parcel>) -> Done {
        let Work {
            place,
            digest,
            parcel,
            start,
            begun,
        } = work;
        let target = self.link.address.path_of(&parcel.name);
        let outcome = match self.put(&parcel, &target, start.as_ref(), begun).await {
            Ok(outcome) | Err(outcome) => outcome,
        };
        Done {
            place,
            digest,
            outcome: outcome.with_path(shown(&target)),
        }
    }

    async fn session(&mut self) -> Result<&mut Session, Failure> {
        let login = match self.login.take() {
            Some(login) => login,
            None => self
                .link
                .connect()
                .await
                .map_err(|error| Failure::from(&error))?,
        };
        Ok(&mut self.login.insert(login).session)
    }

    /// The outcome, whether it is reached at the end or before.
    async fn put(
        &mut self,
        parcel: &Parcel,
        target: &str,
        start: Option<&Start>,
        begun: Option<String>,
    ) -> Result<Outcome, Outcome> {
        let bar = self.bar.clone();
        let (replaces, is_direct) = (self.replaces, self.is_direct);
        let repeats_unknown = self.repeats_unknown;
        let folder = self.link.address.folder.clone();
        let part = part_of(&parcel.name).map_err(not_sent)?;
        let part = self.link.address.path_of(&part);
        let session = self.session().await.map_err(stopped)?;
        if let Some(begun) = begun {
            let written = start.map_or(Ok(()), |start| start.write_with(Some(&begun)));
            written.map_err(stopped)?;
            let left = left(session, parcel, target, &begun).await;
            match left.map_err(|trouble| self.lost(&trouble).leaving(begun.clone()))? {
                Left::Finished => return Ok(Outcome::ok()),
                Left::Unfinished => {}
                Left::Nothing if repeats_unknown => {}
                Left::Nothing => {
                    let error = "an earlier run may have sent it, and the server shows neither the file nor an unfinished one; \
                                 --repeat-unknown sends it again";
                    let outcome = Outcome::without_answer(Verdict::Unknown, error.to_owned());
                    return Ok(outcome.leaving(begun));
                }
            }
        }
        let session = self.session().await.map_err(stopped)?;
        let obstacle = obstacle(session, target, replaces).await;
        if let Some(obstacle) =
            obstacle.map_err(|trouble| self.before(&trouble, "look at it there"))?
        {
            return Err(not_sent(obstacle));
        }
        let way = Way {
            parcel,
            target,
            part: if is_direct { target } else { &part },
        };
        let session = self.session().await.map_err(stopped)?;
        let handle = if is_direct && replaces {
            session.overwrite(way.part).await
        } else {
            session.create(way.part).await
        };
        let handle = handle.map_err(|trouble| self.before(&trouble, "create a file there"))?;
        let recorded = match start {
            None => Ok(()),
            Some(start) if is_direct => start.write(),
            Some(start) => start.write_with(Some(&part)),
        };
        let session = self.session().await.map_err(stopped)?;
        if let Err(failure) = recorded {
            let _ = session.close(&handle).await;
            self.take_back(&way).await;
            return Err(stopped(failure));
        }
        let advance = |len| bar.inc(len);
        if let Err(end) = content(session, &way, &handle, &folder, advance).await {
            return Err(self.unfinished(&way, end).await);
        }
        if is_direct {
            return Ok(Outcome::ok());
        }
        self.rename(&way).await
    }

    /// Gives the finished file its name.
    async fn rename(&mut self, way: &Way<'_>) -> Result<Outcome, Outcome> {
        let replaces = self.replaces;
        let session = self.session().await.map_err(stopped)?;
        // Some servers replace a file with every renaming.
        match obstacle(session, way.target, replaces).await {
            Ok(None) => {}
            Ok(Some(obstacle)) => {
                self.take_back(way).await;
                return Err(not_sent(obstacle));
            }
            Err(trouble) => {
                return Err(self
                    .unfinished(way, End::Trouble(trouble, String::new()))
                    .await);
            }
        }
        let renamed = if replaces {
            session.rename_over(way.part, way.target).await
        } else {
            session.rename(way.part, way.target).await
        };
        let trouble = match renamed {
            Ok(()) => return Ok(Outcome::ok()),
            Err(trouble) => trouble,
        };
        if trouble.ends_session() {
            return Err(self.after_rename(way, &trouble).await);
        }
        // Servers use several codes for a taken name, and the same codes for other reasons.
        let is_plain = !session.has(Extra::PosixRename);
        let found = obstacle(session, way.target, false).await;
        self.take_back(way).await;
        Err(match found {
            Ok(Some(obstacle)) if !replaces => not_sent(obstacle),
            Ok(Some(_)) if is_plain => refused(format!(
                "the server replaces no file by renaming another: {trouble}. Remove the old file there, or use --no-temp"
            )),
            _ => refused(format!(
                "the server did not rename the finished file: {trouble}. For a server that renames nothing, use --no-temp"
            )),
        })
    }

    /// The connection ended during the renaming.
    async fn after_rename(&mut self, way: &Way<'_>, trouble: &Trouble) -> Outcome {
        self.login = None;
        let unknown = |more: String| {
            let error = format!("{trouble}; the server was renaming the finished file{more}");
            Outcome::without_answer(Verdict::Unknown, error).leaving(shown(way.part))
        };
        let session = match self.session().await {
            Ok(session) => session,
            Err(failure) => {
                let outcome = unknown(format!(", and cannot be asked: {}", failure.in_one_line()));
                return outcome.stopping(Failure::no_answer(trouble.to_string()));
            }
        };
        let part = session.look_at(way.part).await;
        let target = session.look_at(way.target).await;
        match (part, target) {
            (Ok(None), Ok(Some(found))) if found.size == Some(way.parcel.size) => Outcome::ok(),
            _ => unknown(String::new()),
        }
    }

    /// The server does not have the whole content.
    async fn unfinished(&mut self, way: &Way<'_>, end: End) -> Outcome {
        match end {
            End::Trouble(trouble, _) if trouble.ends_session() => {
                self.login = None;
                let stop = Failure::no_answer(trouble.to_string());
                let outcome = if self.is_direct {
                    let error =
                        format!("{trouble}; a part of the file may be there under its name");
                    Outcome::without_answer(Verdict::Unknown, error)
                } else {
                    let error = format!(
                        "{trouble}; an unfinished file stays there, and no other was changed"
                    );
                    not_sent(error).leaving(shown(way.part))
                };
                outcome.stopping(stop)
            }
            End::Trouble(trouble, space) => {
                self.take_back(way).await;
                refused(format!("{space}{trouble}"))
            }
            End::Here(error) => {
                self.take_back(way).await;
                not_sent(error)
            }
            End::There(error) => {
                self.take_back(way).await;
                refused(error)
            }
        }
    }

    /// Removes the file that this run has created.
    async fn take_back(&mut self, way: &Way<'_>) {
        let is_ours = !(self.is_direct && self.replaces);
        if let Some(login) = self.login.as_mut().filter(|_| is_ours) {
            let _ = login.session.remove(way.part).await;
        }
    }

    /// No byte of this file was sent.
    fn before(&mut self, trouble: &Trouble, what: &str) -> Outcome {
        if trouble.ends_session() {
            return self.lost(trouble);
        }
        refused(format!("cannot {what}: {trouble}"))
    }

    /// The connection ended before anything was sent.
    fn lost(&mut self, trouble: &Trouble) -> Outcome {
        self.login = None;
        not_sent(trouble.to_string()).stopping(Failure::no_answer(trouble.to_string()))
    }
}

fn not_sent(error: impl Into<String>) -> Outcome {
    Outcome::without_answer(Verdict::NotSent, error.into())
}

fn refused(error: String) -> Outcome {
    Outcome::without_answer(Verdict::Refused, error)
}

/// Nothing else can be sent either.
fn stopped(failure: Failure) -> Outcome {
    not_sent(failure.in_one_line()).stopping(failure)
}

fn failure(trouble: &Trouble, what: &str) -> Failure {
    let message = format!("{what}: {trouble}");
    if trouble.ends_session() {
        Failure::no_answer(message)
    } else {
        Failure::refused(message)
    }
}
