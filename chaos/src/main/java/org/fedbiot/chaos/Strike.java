package org.fedbiot.chaos;

import java.util.List;

/**
 * A kill that is planned.
 *
 * @param moment when
 * @param round of the moment, or {@link Moment#NO_ROUND}
 * @param afterMillis since the moment's beginning was seen
 * @param victims killed together
 * @param downMillis until they are started again
 */
record Strike(Moment moment, int round, int afterMillis, List<Role> victims, int downMillis) {

    Strike {
        victims = List.copyOf(victims);
    }
}
