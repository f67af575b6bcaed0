package org.fedbiot.cli.report;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.UpdateAccepted;

/** What the log says of one round. Filled by {@link RunRecord} only. */
public final class RoundRecord {

    private final int number;
    private final TreeMap<String, UpdateAccepted> updates = new TreeMap<>();
    private final TreeMap<String, ClientReported> reports = new TreeMap<>();
    private AdapterPublished adapter;
    private long openedMillis;
    private long publishedMillis;

    RoundRecord(int number) {
        this.number = number;
    }

    void opened(long atMillis) {
        // A round that is opened again has been open since its first attempt.
        openedMillis = openedMillis == 0 ? atMillis : openedMillis;
    }

    void accepted(UpdateAccepted event) {
        updates.put(event.getClientId(), event);
    }

    void reported(ClientReported event) {
        reports.put(event.getClientId(), event);
    }

    void published(AdapterPublished event, long atMillis) {
        adapter = event;
        publishedMillis = atMillis;
    }

    public int number() {
        return number;
    }

    public Optional<AdapterPublished> adapter() {
        return Optional.ofNullable(adapter);
    }

    /** By client id. */
    public Map<String, UpdateAccepted> updates() {
        return new TreeMap<>(updates);
    }

    public Optional<ClientReported> report(String clientId) {
        return Optional.ofNullable(reports.get(clientId));
    }

    /** From the first announcement to the published adapter. */
    public double seconds() {
        return openedMillis == 0 || adapter == null ? 0 : (publishedMillis - openedMillis) / 1000.0;
    }
}
