//! A web framework that starts as small as Flask and grows as full as Django
