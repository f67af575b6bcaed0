package org.fedbiot.cli.experiment;

/** What a finished cell leaves. */
enum Keep {
    /** Its control events. */
    RECORD,
    /** These, and all its records in one file. */
    ARCHIVE,
    /** These, and the broker's files, clients' caches and exports too. */
    ALL
}
