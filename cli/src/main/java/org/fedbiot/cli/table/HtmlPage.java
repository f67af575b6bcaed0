package org.fedbiot.cli.table;

import java.util.List;

/** A page of tables and figures in one file, light or dark as its reader has it; no script, nothing from elsewhere. */
public final class HtmlPage {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>
            :root { color-scheme: light dark; --paper: #fbfaf7; --ink: #1f2326; --quiet: #5a6066; --line: #e2dfd7; }
            @media (prefers-color-scheme: dark) {
              :root { --paper: #15181a; --ink: #e7e5df; --quiet: #a3a9ad; --line: #31363a; }
            }
            body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
              font: 0.9375rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
            h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
            h2 { font-size: 1.0625rem; margin-top: 2rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: 0.8125rem; }
            th, td { border-bottom: 1px solid var(--line); padding: 0.2rem 0.6rem; text-align: left;
              vertical-align: top; }
            .n { text-align: right; }
            figure { margin: 1rem 0; max-width: 48rem; }
            svg { display: block; width: 100%; height: auto; }
            /* Figures are drawn for white paper; here they follow the page. */
            svg .paper { fill: none; }
            svg text { fill: var(--quiet) !important; }
            svg [stroke="rgb(71,71,71)"] { stroke: var(--quiet); }
            svg [stroke="rgb(233,233,233)"] { stroke: var(--line); }
            svg [stroke="rgb(255,255,255)"] { stroke: var(--paper); }
            svg [fill="rgb(255,255,255)"] { fill: var(--paper); }
            """;

    private final StringBuilder html = new StringBuilder(HEAD);

    /** @param style of what this page has beside tables */
    public HtmlPage(String title, String style) {
        String escaped = Markup.escape(title);
        html.append(style).append("</style>\n<title>").append(escaped).append("</title>\n</head>\n<body>\n<h1>")
                .append(escaped).append("</h1>\n");
    }

    public HtmlPage heading(String text) {
        html.append("<h2>").append(Markup.escape(text)).append("</h2>\n");
        return this;
    }

    public HtmlPage paragraph(String text) {
        html.append("<p>").append(Markup.escape(text)).append("</p>\n");
        return this;
    }

    public HtmlPage list(List<String> items) {
        html.append("<ul>\n");
        items.forEach(item -> html.append("<li>").append(Markup.escape(item)).append("</li>\n"));
        html.append("</ul>\n");
        return this;
    }

    /** @param markup of a picture, which is safe already */
    public HtmlPage figure(String markup) {
        html.append("<figure>\n").append(markup).append("\n</figure>\n");
        return this;
    }

    /** A table that is folded away until its reader asks for it. */
    public HtmlPage numbers(Table table) {
        html.append("<details><summary>Numbers: ").append(Markup.escape(table.name())).append("</summary>\n");
        table(table);
        html.append("</details>\n");
        return this;
    }

    public HtmlPage table(Table table) {
        if (table.rows().isEmpty()) {
            return paragraph("None.");
        }
        html.append("<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>");
        table.columns().forEach(column -> html.append("<th scope=\"col\">").append(Markup.escape(column))
                .append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        table.rows().forEach(row -> {
            html.append("<tr>");
            row.forEach(cell -> html.append(cell.isNumber() ? "<td class=\"n\">" : "<td>")
                    .append(Markup.escape(Cells.brief(cell))).append("</td>"));
            html.append("</tr>\n");
        });
        html.append("</tbody></table></div>\n");
        return this;
    }

    /** The whole page. */
    public String text() {
        return html + "</body>\n</html>\n";
    }
}
