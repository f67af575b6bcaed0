package org.fedbiot.observer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.CalledClient;
import org.fedbiot.schemas.event.CloseReason;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.DeadlineExtended;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;

/** Facts about a round. Its picture is made anew only after something has changed. */
final class RoundFold {

    private final int number;
    private final TreeMap<String, ClientRoundFold> clients = new TreeMap<>();
    private final List<AttemptPicture> attempts = new ArrayList<>();
    private int adapterVersion;
    private int emulatorVersion;
    private int quorum;
    private long closedMillis;
    private CloseReason closeReason = CloseReason.UNKNOWN;
    private int newAdapterVersion = -1;
    private String adapterSha256 = "";
    private long publishedMillis;
    private RoundPicture picture;

    RoundFold(int number) {
        this.number = number;
    }

    void opened(RoundOpened event, long atMillis) {
        adapterVersion = event.getAdapterVersion();
        emulatorVersion = event.getEmulatorVersion();
        quorum = event.getQuorum();
        List<String> called = event.getCalled().stream().map(CalledClient::getClientId).toList();
        attempts.add(new AttemptPicture(event.getAttempt(), atMillis, called, event.getDeadlineMillis(), List.of(),
                0));
        called.forEach(client -> on(client, fold -> fold.called(atMillis)));
        invalidate();
    }

    void extended(DeadlineExtended event, long atMillis) {
        replaceLast(last -> {
            List<AttemptPicture.Extension> extensions = new ArrayList<>(last.extensions());
            extensions.add(new AttemptPicture.Extension(atMillis, event.getDeadlineMillis(), event.getWaitingFor()));
            return new AttemptPicture(last.attempt(), last.openedMillis(), last.called(),
                    last.announcedDeadlineMillis(), extensions, last.deadlineReachedMillis());
        });
    }

    void deadlineReached(long atMillis) {
        replaceLast(last -> new AttemptPicture(last.attempt(), last.openedMillis(), last.called(),
                last.announcedDeadlineMillis(), last.extensions(), atMillis));
    }

    private void replaceLast(UnaryOperator<AttemptPicture> change) {
        if (!attempts.isEmpty()) {
            attempts.set(attempts.size() - 1, change.apply(attempts.get(attempts.size() - 1)));
            invalidate();
        }
    }

    void closed(RoundClosed event, long atMillis) {
        closedMillis = atMillis;
        closeReason = event.getReason();
        newAdapterVersion = event.getNewAdapterVersion();
        for (CountedUpdate update : event.getCounted()) {
            on(update.getClientId(), fold -> fold.counted(update.getWeight()));
        }
        invalidate();
    }

    void published(AdapterPublished event, long atMillis) {
        adapterSha256 = event.getSha256();
        publishedMillis = atMillis;
        invalidate();
    }

    /** Changes what is known of a client in this round. */
    void on(String clientId, Consumer<ClientRoundFold> change) {
        change.accept(clients.computeIfAbsent(clientId, ClientRoundFold::new));
        invalidate();
    }

    /** As {@link #on}, but only of a client that is known here. */
    void onKnown(String clientId, Consumer<ClientRoundFold> change) {
        if (clients.containsKey(clientId)) {
            on(clientId, change);
        }
    }

    void invalidate() {
        picture = null;
    }

    boolean isOpened() {
        return !attempts.isEmpty();
    }

    /** @param runOver whether the run has ended */
    RoundPicture picture(Optional<SpecSummary> spec, boolean runOver) {
        if (picture == null) {
            picture = build(spec, runOver && closedMillis == 0);
        }
        return picture;
    }

    private RoundPicture build(Optional<SpecSummary> spec, boolean abandoned) {
        boolean over = abandoned || closedMillis > 0;
        List<ClientRoundPicture> cells = clients.values().stream().filter(ClientRoundFold::isKnown)
                .map(client -> client.picture(spec, over)).toList();
        Traffic traffic = cells.stream().flatMap(cell -> cell.report().stream())
                .map(report -> new Traffic(report.bytesUp(), report.bytesDown(), report.wholeUp(),
                        report.wholeDown(), 0))
                .reduce(Traffic.NONE, Traffic::plus);
        return new RoundPicture(number, adapterVersion, emulatorVersion, quorum, attempts, cells, closedMillis,
                closeReason, newAdapterVersion, adapterSha256, publishedMillis, trainingLoss(), traffic, abandoned);
    }

    private OptionalDouble trainingLoss() {
        double sum = 0;
        double weights = 0;
        for (ClientRoundFold client : clients.values()) {
            // An update that counts without its verdict in the log: a hole that replay finds, not this.
            if (client.weight() > 0 && !Double.isNaN(client.meanLoss())) {
                sum += client.weight() * client.meanLoss();
                weights += client.weight();
            }
        }
        return weights > 0 ? OptionalDouble.of(sum / weights) : OptionalDouble.empty();
    }
}
