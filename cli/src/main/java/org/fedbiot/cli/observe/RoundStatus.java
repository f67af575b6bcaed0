package org.fedbiot.cli.observe;

import java.util.List;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.ClientRoundPicture;
import org.fedbiot.observer.RoundPicture;
import org.fedbiot.observer.RunPicture;

/**
 * A round at a glance; the names of its JSON are public.
 *
 * @param accepted updates that count, or will when the round closes
 * @param quorumMargin how many of those that are waited for may fail; below 0 the quorum is out of reach
 * @param deadline ISO 8601
 */
public record RoundStatus(int round, boolean open, int attempt, String opened, String deadline, int quorum,
        int accepted, int quorumMargin, List<Client> clients) {

    /**
     * A client in the round.
     *
     * @param verdict what has become of it
     * @param lastSign when it last said anything of this round; its call counts as one
     * @param silentSeconds since then; 0 for one that is not waited for
     * @param stuck whether it stands still
     * @param reason of a verdict that needs one, else empty
     * @param loss of its newest step; null before the first
     */
    public record Client(String client, String verdict, int step, int steps, int shardsSent, int shards, Double loss,
            String lastSign, long silentSeconds, boolean stuck, String reason) {
    }

    static RoundStatus of(RunPicture run, RoundPicture round, long nowMillis) {
        return new RoundStatus(round.number(), round.isOpen(), round.attempt().attempt(),
                Moments.iso(round.attempt().openedMillis()), Moments.iso(round.attempt().deadlineMillis()),
                round.quorum(), round.accepted(), round.quorumMargin(),
                round.clients().stream().map(client -> client(run, round, client, nowMillis)).toList());
    }

    private static Client client(RunPicture run, RoundPicture round, ClientRoundPicture client, long nowMillis) {
        ClientRoundPicture.Progress progress = client.progress();
        boolean awaited = round.awaited().contains(client);
        long lastSign = Attention.lastSign(client);
        return new Client(client.clientId(), client.verdict().name(), progress.step(), progress.steps(),
                progress.shardsSent(), progress.shards(), Double.isNaN(progress.loss()) ? null : progress.loss(),
                Moments.iso(lastSign), awaited ? Math.max(0, nowMillis - lastSign) / 1000 : 0,
                awaited && Attention.isStuck(run, round, client, nowMillis), client.reason());
    }
}
