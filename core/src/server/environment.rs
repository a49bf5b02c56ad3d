/// An environment of a Redox organization. Each key, source and destination belongs to one environment. All
/// environments are on the same host.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Environment {
    /// For development and tests, also with Redox's own FHIR sandbox.
    Development,
    /// For rehearsals with partners.
    Staging,
    /// For data of real patients.
    Production,
}

impl Environment {
    /// The name in the paths of the FHIR API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }
}
