"""Texts of the encoder's tests."""

PAIRS = [
    ("The cat is sleeping on the sofa.", "A kitten naps on the couch."),
    ("How do I reset my password?", "I forgot my login credentials and need new ones."),
    ("The stock market fell sharply today.", "Share prices dropped a lot this afternoon."),
    ("She baked a chocolate cake for his birthday.", "For his birthday she made a cake with cocoa."),
    ("Water boils at one hundred degrees Celsius.", "At 100 °C water turns into steam."),
    ("The train to Berlin leaves at noon.", "At twelve o'clock there is a train bound for Berlin."),
    ("He plays the violin in an orchestra.", "He is an orchestral violinist."),
    ("Volcanoes erupt when magma reaches the surface.", "Magma that rises to the surface causes an eruption of a volcano."),
    ("The doctor prescribed antibiotics.", "The physician told her to take an antibiotic."),
    ("Rust guarantees memory safety without garbage collection.", "The Rust compiler prevents memory errors without a garbage collector."),
    ("It has been raining all week.", "There was rain every day this week."),
    ("The football match ended in a draw.", "Neither team won the soccer game."),
    ("Bees pollinate flowers.", "Pollen is carried between blossoms by bees."),
    ("The museum is closed on Mondays.", "On Monday you cannot visit the museum."),
    ("I would like a cup of black coffee.", "Could I have a coffee without milk, please?"),
    ("The moon orbits the Earth.", "Earth's only natural satellite is the moon."),
    ("They moved to a bigger apartment.", "The family took a larger flat."),
    ("Regular exercise is good for the heart.", "Working out often keeps your heart healthy."),
    ("Kafka stores records in partitions of a topic.", "A Kafka topic is divided into partitions that hold records."),
    ("The judge sentenced the thief to two years in prison.", "The burglar was sent to jail for two years by the court."),
    ("Sharks have lived in the oceans for 400 million years.", "For hundreds of millions of years there have been sharks in the sea."),
    ("My laptop battery drains too quickly.", "The battery of my notebook computer does not last long."),
    ("Plant tomatoes in full sun.", "Tomatoes grow best in a sunny spot."),
    ("The novel was translated into thirty languages.", "You can read the book in 30 different languages."),
    ("Dark matter does not emit light.", "No light comes from dark matter."),
]

BY_HAND = [
    "", " ", "\t\n\r", "\u0000", "a\u0000b", "\ufffd", "a\ufffdb", "\u200b", "a\u200bb", "a\u00adb", "\ufeffthe cat",
    "\u0001\u0002\u001f\u007f\u0080\u009f", "a\u0085b", "a\u00a0b", "a\u2003b", "a\u2028b\u2029c", "a\u3000b", "a\u1680b",
    "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[CLS][SEP]", "the [MASK] cat", "[cls]", "[CLS", "CLS]", "[[CLS]]",
    "[\u0000CLS]", "[CLS\u0000]", "[ CLS ]", "##ing", "## ing", "walk##ing", "walking", "WALKED", "unplayably",
    "The Cat", "THE CAT", "É", "é", "e\u0301", "E\u0301\u0327", "a\u0300\u0301\u0302\u0303\u0304", "\u0301", "\u0301a",
    "naïve café", "NAÏVE CAFÉ", "Straße", "STRASSE", "ẞ", "İstanbul", "ı", "I\u0307", "ŁÓDŹ", "œuvre", "ﬁn", "Å", "Å", "ǅ",
    "Ω", "ΑΒΓ", "ΣΊΣΥΦΟΣ", "Дежі", "ДЕЖІ", "й", "Й", "ё", "שָׁלוֹם", "السَّلام", "हिन्दी", "ไทย", "한글", "\u1112\u1161\u11ab",
    "漢字", "the漢字cat", "中文 日本語", "カタカナ ひらがな", "\U00020000", "a\U00020000b", "\U0002f800", "\uf900", "，。「」！",
    "😀", "a😀b", "👩‍👩‍👧‍👦", "🇩🇪", "❤️", "☃", "a☃b", "\U0001f3fb", "¡hola!", "«the»", "–—…", "€5 £3 ©", "$a", "a+b=c", "^`|~<>",
    "don't", "the-cat", "a.b.c", "3.14", "a_b", "http://a.b/c?d=e&f#g", "a@b.c", "(the)", "{a}", "\\n", "\"a\"", "“a”",
    "a" * 99, "a" * 100, "a" * 101, "the" * 40, "é" * 100, "é" * 101, "e\u0301" * 60, "漢" * 120, "." * 120, "x" * 5000,
    "the " * 30, "\u0085" * 3, "\u180e", "a\u180eb", "\u2060", "\ud7ff", "\ue000", "a\ue000b", "\U000e0001", "\U0010ffff",
    "ﷺ", "㍿", "①", "²", "½", "ª", "𝐀", "𝒶", "Ａ", "ａ１！", "ǆ", "ﬀ", "ŉ", "ʼn", "K", "º", "ⅷ", "Ⅷ", "\u0345", "ᾳ", "ῼ",
]

PIECES = [
    "the", "cat", "Walk", "ing", "ABC", "xyz", " ", "  ", "\t", "\n", "\u00a0", "\u0000", "\u200d", "\u0301", "\u0327",
    "é", "É", "ß", "ñ", "漢", "字", "\U00020000", "한", "😀", "🏽", "д", "Є", "α", "Σ", "[CLS]", "[SEP]", "[", "]", "##", ".", ",",
    "'", "-", "“", "…", "、", "\ufffd", "\u0007", "\u2028", "1", "42", "_", "#", "zzzzzzzzzz", "ı", "İ", "ﬁ", "\u3000", "ا", "ה",
]


def hostile(chance):
    """Texts that break tokenizers: by hand, then pieces joined at random."""
    joined = ["".join(chance.choices(PIECES, k=chance.randint(2, 14))) for _ in range(100)]
    return list(dict.fromkeys(BY_HAND + joined))
