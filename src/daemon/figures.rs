//! What figures are gathered from while the daemon runs: the store, by a connection that only reads, and what the lanes have done.

use std::sync::Arc;

use super::trouble::Teller;
use crate::config::Settings;
use crate::store::{Store, StoreError};
use crate::watch::{Figures, Form, Passes, metrics};
use crate::world::World;

/// What figures are gathered from.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) settings: Arc<Settings>,
    pub(super) teller: Teller,
    pub(super) world: World,
}

impl Source {
    /// Gathers, in a thread that may wait.
    pub(super) fn figures(&self) -> Result<Figures, StoreError> {
        let store = Store::open_beside(&self.settings.store_path)?;
        let mut figures = Figures::gather(&self.settings, &store, self.world.now())?;
        figures.unwritable = self.teller.is_telling();
        Ok(figures)
    }

    /// All metrics; where the store cannot be read, why.
    pub(super) fn metrics(&self, form: Form) -> Result<String, StoreError> {
        Ok(metrics(&self.figures()?, self.passes(), form))
    }

    /// What the lanes have done.
    pub(super) fn passes(&self) -> &Passes {
        &self.teller.passes
    }
}
