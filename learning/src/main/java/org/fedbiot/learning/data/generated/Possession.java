package org.fedbiot.learning.data.generated;

/** Somebody has some things. */
record Possession(String name, int count, String object) {
    String sentence() {
        return name + " has " + count + " " + object + " .";
    }
}
