package org.fedbiot.aggregator;

import java.util.Optional;
import org.fedbiot.schemas.event.RejectReason;
import org.fedbiot.schemas.event.RoundOpened;

/** The two versions that an update names, to be those that the round announced. */
record TrainedAgainst(int adapterVersion, String adapterSha256, int emulatorVersion, String emulatorSha256) {

    Optional<Objection> objection(RoundOpened plan) {
        TrainedAgainst announced = new TrainedAgainst(plan.getAdapterVersion(), plan.getAdapterSha256(),
                plan.getEmulatorVersion(), plan.getEmulatorSha256());
        return equals(announced)
                ? Optional.empty()
                : Optional.of(Objection.unfit(RejectReason.WRONG_BASE_VERSION,
                        "trained against " + this + ", the round announced " + announced));
    }

    @Override
    public String toString() {
        return "adapter " + adapterVersion + " (" + adapterSha256 + "), emulator " + emulatorVersion + " ("
                + emulatorSha256 + ")";
    }
}
