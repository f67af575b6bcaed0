package org.fedbiot.cli.tracking;

import org.fedbiot.observer.RunPicture;

/** Where a run's numbers go. */
interface TrackingSink {

    /**
     * Brings the sink up to a picture; what it has already is not written again, now or after a restart.
     *
     * @throws org.fedbiot.cli.UserError if it cannot be written to; says where
     */
    void bringUpTo(RunPicture run);

    /** For people: where the numbers are. */
    String location();
}
