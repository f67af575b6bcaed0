package org.fedbiot.observer;

import java.util.TreeMap;
import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.EvaluationOpened;

/** Facts about the clients' own scores, all from the decision log. */
final class ScoringFold {

    private final EvaluationOpened opened;
    private final long openedMillis;
    private final TreeMap<String, ScoringPicture.OwnScore> scores = new TreeMap<>();
    private final TreeMap<String, ScoringPicture.Failure> failures = new TreeMap<>();

    ScoringFold(EvaluationOpened opened, long openedMillis) {
        this.opened = opened;
        this.openedMillis = openedMillis;
    }

    void scored(ClientEvaluated event) {
        scores.put(event.getClientId(), new ScoringPicture.OwnScore(event.getClientId(), event.getAdapEmuNll(),
                event.getRawCompressedNll(), event.getRecords()));
    }

    void failed(String clientId, String reason) {
        failures.put(clientId, new ScoringPicture.Failure(clientId, reason));
    }

    ScoringPicture picture() {
        return new ScoringPicture(opened.getAdapterVersion(), opened.getEmulatorVersion(), openedMillis,
                opened.getDeadlineMillis(), opened.getClients(), scores.values().stream().toList(),
                failures.values().stream().toList());
    }
}
