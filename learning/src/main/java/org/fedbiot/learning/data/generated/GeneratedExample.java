package org.fedbiot.learning.data.generated;

/** One generated record: texts of space-separated words, without beginning or end token. */
public record GeneratedExample(String prompt, String reply, String category) {
}
