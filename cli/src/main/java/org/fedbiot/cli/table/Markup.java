package org.fedbiot.cli.table;

/** Text of strangers, such as a client's id or a reason, in HTML and SVG. */
public final class Markup {

    private static final int REPLACEMENT = 0xFFFD;

    private Markup() {
    }

    /** Safe as content and in quoted attributes; what XML does not allow is replaced. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isXml(point) ? point : REPLACEMENT);
            }
        });
        return escaped.toString();
    }

    private static boolean isXml(int point) {
        boolean control = point < 0x20 && point != '\t' && point != '\n' && point != '\r';
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return !control && !surrogate && point != 0xFFFE && point != 0xFFFF;
    }
}
