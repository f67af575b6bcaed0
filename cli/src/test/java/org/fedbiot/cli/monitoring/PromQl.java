package org.fedbiot.cli.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which metrics a PromQL expression asks for, and by which labels. Knows the tokens of the expressions in
 * infra/monitoring and refuses any other, so that nothing is passed over.
 */
final class PromQl {

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(?<string>\"[^\"]*\")|(?<range>\\[[0-9]+[smhd]\\])"
            + "|(?<number>[0-9]+(?:\\.[0-9]+)?)|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
            + "|(?<sign>=~|!~|!=|<=|>=|[-+*/<>=(){},]))");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless");
    private static final Set<String> GROUPINGS = Set.of("by", "without", "on", "ignoring");
    private static final Set<String> FUNCTIONS = Set.of("sum", "min", "max", "rate", "increase", "time", "vector",
            "histogram_quantile");

    private final String expression;
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Set<String>> asked = new TreeMap<>();
    /** Labels by which results are grouped or joined: of any metric of the expression. */
    private final Set<String> grouped = new TreeSet<>();
    private int at;

    private PromQl(String expression) {
        this.expression = expression;
        Matcher token = TOKEN.matcher(expression.strip());
        int end = 0;
        while (end < expression.strip().length()) {
            if (!token.find(end) || token.start() != end) {
                throw unknown(expression.strip().substring(end));
            }
            tokens.add(token.group().strip());
            end = token.end();
        }
    }

    /** Labels by metric. */
    static Map<String, Set<String>> metrics(String expression) {
        PromQl query = new PromQl(expression);
        query.read();
        query.asked.values().forEach(labels -> labels.addAll(query.grouped));
        return query.asked;
    }

    private void read() {
        while (at < tokens.size()) {
            String token = tokens.get(at++);
            if (GROUPINGS.contains(token)) {
                grouped.addAll(list());
            } else if (FUNCTIONS.contains(token)) {
                if (!isNext("(") && !GROUPINGS.contains(next())) {
                    throw unknown(token);
                }
            } else if (Character.isLetter(token.charAt(0)) && !OPERATORS.contains(token)) {
                if (isNext("(")) {
                    throw unknown(token);
                }
                asked.computeIfAbsent(token, unused -> new TreeSet<>()).addAll(selector());
            }
        }
    }

    /** Names in parentheses. */
    private Set<String> list() {
        Set<String> names = new TreeSet<>();
        expect("(");
        while (!isNext(")")) {
            names.add(tokens.get(at++));
            if (isNext(",")) {
                at++;
            }
        }
        expect(")");
        return names;
    }

    private Set<String> selector() {
        Set<String> names = new TreeSet<>();
        if (!isNext("{")) {
            return names;
        }
        expect("{");
        while (!isNext("}")) {
            names.add(tokens.get(at++));
            at += 2;
            if (isNext(",")) {
                at++;
            }
        }
        expect("}");
        return names;
    }

    private boolean isNext(String token) {
        return next().equals(token);
    }

    private String next() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private void expect(String token) {
        if (!isNext(token)) {
            throw unknown(next());
        }
        at++;
    }

    private IllegalArgumentException unknown(String token) {
        return new IllegalArgumentException("\"" + token + "\" is not understood in: " + expression);
    }
}
