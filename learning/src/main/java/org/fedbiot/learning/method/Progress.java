package org.fedbiot.learning.method;

/** Told after each step of long work, in the thread that does it. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (step, steps, loss) -> { };

    /**
     * A step is done. What this throws ends the work.
     *
     * @param step steps done, from 1; while replies are generated, those that have ended, from 0
     * @param steps steps in all
     * @param loss of this step; in evaluation the mean negative log-likelihood so far; 0 while replies are generated
     */
    void step(int step, int steps, double loss);
}
