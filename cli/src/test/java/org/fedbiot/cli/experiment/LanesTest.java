package org.fedbiot.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanesTest {

    @TempDir
    Path temp;

    @Test
    void shouldRunCellsOfOneThreadCountSideBySide() throws InterruptedException {
        // Given work that ends only where two do it at once
        CyclicBarrier pair = new CyclicBarrier(2);
        List<String> done = new ArrayList<>();

        new Lanes(2).run(cells("resources.serverThreads: [1]"), cell -> await(pair),
                (cell, thrown) -> done.add(cell.id() + thrown));

        assertThat(done).hasSize(4).allSatisfy(line -> assertThat(line).endsWith("Optional.empty"));
    }

    @Test
    void shouldRunCellsOfOtherThreadCountsAlone() throws InterruptedException {
        AtomicInteger now = new AtomicInteger();
        List<Integer> together = Collections.synchronizedList(new ArrayList<>());

        new Lanes(4).run(cells("resources.serverThreads: [2]"), cell -> {
            together.add(now.incrementAndGet());
            now.decrementAndGet();
        }, (cell, thrown) -> { });

        assertThat(together).containsExactly(1, 1, 1, 1);
        PlannedCell one = cells("resources.serverThreads: [1]").get(0);
        PlannedCell two = cells("resources.serverThreads: [2], resources.clientThreads: [2]").get(0);
        assertThat(Lanes.mayJoin(List.of(two), two)).isTrue();
        assertThat(Lanes.mayJoin(List.of(one), two)).isFalse();
    }

    @Test
    void shouldGoOnAfterACellThatFails() throws InterruptedException {
        List<String> done = new ArrayList<>();

        new Lanes(1).run(cells("resources.serverThreads: [1]"), cell -> {
            if (cell.cell().seed() == 1) {
                throw new IllegalStateException("no disk");
            }
        }, (cell, thrown) -> done.add(cell.id() + thrown.map(Throwable::getMessage).orElse("")));

        assertThat(done).containsExactly("fedbiot-1-seed0", "fedbiot-1-seed1no disk", "fedbiot-1-seed2",
                "fedbiot-1-seed3");
    }

    @Test
    void shouldFitLanesToCoresAndHeap() {
        List<PlannedCell> cells = cells("resources.serverThreads: [1]");
        long plenty = 1L << 40;

        assertThat(Lanes.fitting(cells, 1, plenty)).isEqualTo(1);
        assertThat(Lanes.fitting(cells, 2, plenty)).as("three clients have work for two cores, a server for one")
                .isEqualTo(2);
        assertThat(Lanes.fitting(cells, 16, plenty)).isEqualTo(7);
        assertThat(Lanes.fitting(cells, 16, 1L << 30)).isEqualTo(4);
    }

    private List<PlannedCell> cells(String grid) {
        return PlannedCells.of(PlannedCells.file(temp, "name: one\nmodel: small\nmethods: [fedbiot]\n"
                + "seeds: [0, 1, 2, 3]\ngrid: {" + grid + "}"));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
