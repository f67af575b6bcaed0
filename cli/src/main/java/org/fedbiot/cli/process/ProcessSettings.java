package org.fedbiot.cli.process;

/** What one process is started with: the keys of its YAML file. */
interface ProcessSettings {

    /**
     * Looks into the files that the settings name, as far as that can be done without a cluster.
     *
     * @throws org.fedbiot.cli.UserError if one is not what it is named as
     */
    default void verifyFiles() {
    }
}
