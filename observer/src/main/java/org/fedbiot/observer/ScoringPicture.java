package org.fedbiot.observer;

import java.util.List;

/**
 * The clients' scores on their own held-out text, at the versions that are exported.
 *
 * @param asked client ids
 * @param scores by client id
 * @param failures by client id
 */
public record ScoringPicture(int adapterVersion, int emulatorVersion, long openedMillis, long deadlineMillis,
        List<String> asked, List<OwnScore> scores, List<Failure> failures) {

    public ScoringPicture {
        asked = List.copyOf(asked);
        scores = List.copyOf(scores);
        failures = List.copyOf(failures);
    }

    /** NLL is the mean per reply token, natural logarithm. */
    public record OwnScore(String clientId, double adapEmuNll, double rawCompressedNll, int records) {
    }

    /** A client that cannot score. */
    public record Failure(String clientId, String reason) {
    }
}
