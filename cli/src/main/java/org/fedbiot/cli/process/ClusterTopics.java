package org.fedbiot.cli.process;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.infra.Quorum;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.topic.Topic;
import org.fedbiot.schemas.topic.Topics;

/** Makes the catalogue's topics on an embedded cluster: of several nodes, the one with the lowest id does. */
final class ClusterTopics {

    private static final long RETRY_MILLIS = 500;
    private static final short ONE_BROKER = 1;

    private ClusterTopics() {
    }

    /**
     * Returns when the topics are there, as far as this node is the one to make them.
     *
     * @param node of a node among several
     * @param endsWithin waits so many milliseconds before the next look; true to wait no longer
     * @return false if it was no longer waited for
     * @throws IllegalStateException if a topic that was there is not as the catalogue says
     */
    static boolean make(Map<String, String> adminSettings, Optional<Quorum> node, LongPredicate endsWithin) {
        if (node.isPresent() && node.get().nodeId() != node.get().controllerPorts().firstKey()) {
            return true;
        }
        int nodes = node.map(quorum -> quorum.controllerPorts().size()).orElse(1);
        try (Admin admin = Admin.create(Map.copyOf(adminSettings))) {
            // Every topic has its copies on several nodes, so that it is made only when these are there.
            while (!areThere(admin) && nodes(admin) < nodes) {
                if (endsWithin.test(RETRY_MILLIS)) {
                    return false;
                }
            }
            TopicCreation.createMissing(admin, node.map(Quorum::replication).orElse(ONE_BROKER));
            return true;
        } catch (ExecutionException e) {
            throw new KafkaException("the cluster does not say what it has: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean areThere(Admin admin) throws ExecutionException, InterruptedException {
        Set<String> names = admin.listTopics().names().get();
        return Topics.ALL.stream().map(Topic::name).allMatch(names::contains);
    }

    private static int nodes(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeCluster().nodes().get().size();
    }
}
