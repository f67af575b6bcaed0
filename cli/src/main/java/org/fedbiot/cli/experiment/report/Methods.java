package org.fedbiot.cli.experiment.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.fedbiot.cli.experiment.Method;

/** Names of rows, in the order in which they stand. */
final class Methods {

    /** What the others are compared with. */
    static final String REFERENCE = Method.FEDBIOT.label();
    /** The full model as it is, scored by every run. */
    static final String RAW_FULL = "raw-full";
    /** The compressed model as it was cut, scored by every run. */
    static final String RAW_COMPRESSED = "raw-compressed";

    private static final List<String> ORDER = Arrays.stream(Method.values()).map(Method::label).toList();
    private static final List<String> LAST = List.of(RAW_FULL, RAW_COMPRESSED);

    /** Known ones first, then others by name, then those that are no run of their own. */
    static final Comparator<String> IN_ORDER = Comparator.comparingInt(Methods::place)
            .thenComparing(Comparator.naturalOrder());

    private Methods() {
    }

    static boolean isRaw(String method) {
        return LAST.contains(method);
    }

    private static int place(String method) {
        int known = ORDER.indexOf(method);
        int last = LAST.indexOf(method);
        return known >= 0 ? known : last >= 0 ? ORDER.size() + 1 + last : ORDER.size();
    }
}
