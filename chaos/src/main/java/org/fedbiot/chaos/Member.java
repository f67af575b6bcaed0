package org.fedbiot.chaos;

/**
 * One process of a trial.
 *
 * @param name unique in the trial, also of its log file
 */
record Member(Role role, String name) {

    @Override
    public String toString() {
        return role == Role.CLIENT ? "client " + name : role.toString();
    }
}
