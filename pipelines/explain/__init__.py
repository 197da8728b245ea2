"""Why a record says what it says: kept by extraction itself, and only when it is asked (``gongkai extract --explain``)."""
