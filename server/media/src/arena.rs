//! Peers in numbered places: a route names a peer by its place, so that forwarding a packet is an index, not a hash.

/// A growable set of places; a freed place is used again.
pub(crate) struct Arena<T> {
    places: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Arena<T> {
    pub fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }

    pub fn insert(&mut self, item: T) -> usize {
        if let Some(place) = self.free.pop() {
            self.places[place] = Some(item);
            return place;
        }
        self.places.push(Some(item));
        self.places.len() - 1
    }

    pub fn remove(&mut self, place: usize) -> Option<T> {
        let item = self.places.get_mut(place)?.take()?;
        self.free.push(place);
        Some(item)
    }

    pub fn get(&self, place: usize) -> Option<&T> {
        self.places.get(place)?.as_ref()
    }

    pub fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.places.get_mut(place)?.as_mut()
    }

    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }
}
