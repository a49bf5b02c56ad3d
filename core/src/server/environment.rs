/// An environment of a Redox organization. Keys, sources and destinations belong to one; all are on the same host.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Environment {
    /// To build and try against, also with Redox's own FHIR sandbox.
    Development,
    /// To rehearse with partners.
    Staging,
    /// With data of real patients.
    Production,
}

impl Environment {
    /// The name as it stands in the paths of the FHIR API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }
}
