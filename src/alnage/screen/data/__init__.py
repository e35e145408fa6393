"""Word lists of the room screen: places and the bilingual lexicon."""
