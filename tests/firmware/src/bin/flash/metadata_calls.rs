use core::fmt::Display;

use redox_auth_core::{MetadataError, MetadataUrl, NameList, ServerMetadata};

use crate::function::{Function, functions};

/// What a server says about itself, and what of that is used.
#[used]
pub(crate) static METADATA: [Function; 12] = functions![
    MetadataUrl::new,
    MetadataUrl::write,
    ServerMetadata::parse,
    ServerMetadata::verify,
    ServerMetadata::algorithms,
    ServerMetadata::auth_methods,
    ServerMetadata::grant_types,
    ServerMetadata::scopes,
    ServerMetadata::dpop_algorithms,
    NameList::has,
    <NameList<'_> as Display>::fmt,
    <MetadataError as Display>::fmt,
];
