/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units that disagree, and what they have in common: behind iommu list and iommu show. */
#include "app.h"
#include "attrs.h"
#include "render.h"

/* Names of those that have it, or of those that do not. */
static json_object *names(const struct iommuctl_disagreement *disagreement, bool having)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_iommu *iommu;
	bool has;

	for (size_t i = 0; (iommu = iommuctl_disagreement_get_iommu(disagreement, i, &has)); i++)
		if (has == having)
			json_object_array_add(list, value_text(iommuctl_iommu_get_name(iommu)));
	return list;
}

static json_object *disagreement_to_json(const struct iommuctl_disagreement *disagreement)
{
	const struct iommuctl_register *reg = iommuctl_disagreement_get_register(disagreement);
	const struct iommuctl_field *field = iommuctl_disagreement_get_field(disagreement);
	json_object *object = json_object_new_object();

	object_set(object, "feature", value_text(iommuctl_disagreement_get_feature(disagreement)));
	object_set(object, "register", value_text(iommuctl_register_get_name(reg)));
	object_set(object, "field", value_text(iommuctl_field_get_name(field)));
	object_set(object, "with", names(disagreement, true));
	object_set(object, "without", names(disagreement, false));
	return object;
}

json_object *units_to_json(const struct app *app)
{
	const struct iommuctl_iommu *common = iommuctl_topology_get_common(app->topology);
	const struct iommuctl_disagreement *disagreement;
	json_object *keys = json_object_new_object(), *list = NULL, *object = NULL;

	if (app_needs(app) & IOMMUCTL_LOAD_REGISTERS)
		list = json_object_new_array();
	for (size_t i = 0;
	     list && (disagreement = iommuctl_topology_get_disagreement(app->topology, i)); i++)
		json_object_array_add(list, disagreement_to_json(disagreement));
	if (common) {
		object = json_object_new_object();
		object_set(object, "features", features_to_json(common));
		object_set(object, "registers", registers_to_json(common));
	}
	object_set(keys, "disagreements", list);
	object_set(keys, "common", object);
	return keys;
}

static void add_line(struct libscols_table *table, json_object *record)
{
	static const char *const keys[] = { "feature", "register", "field", "with", "without" };
	struct libscols_line *line = scols_table_new_line(table, NULL);

	for (size_t i = 0; line && i < ARRAY_SIZE(keys); i++)
		scols_line_refer_data(line, i,
				      value_to_text(json_object_object_get(record, keys[i]), 0));
	json_object_put(record);
}

static int print_table(const struct app *app)
{
	static const char *const headings[] = { "DISAGREE", "REGISTER", "FIELD", "WITH",
						"WITHOUT" };
	struct libscols_table *table = render_new_table(app);
	const struct iommuctl_disagreement *disagreement;

	if (!table)
		return EXIT_FAILED;
	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		render_add_column(app, table, headings[i],
				  i + 1 == ARRAY_SIZE(headings) ? SCOLS_FL_TRUNC : 0);
	for (size_t i = 0; (disagreement = iommuctl_topology_get_disagreement(app->topology, i));
	     i++)
		add_line(table, disagreement_to_json(disagreement));
	return render_print_table(table);
}

/* As show does of an IOMMU, but for what only one of them has. */
static int print_common(struct app *app, const struct iommuctl_iommu *common)
{
	const struct noun *noun = app->command->objects;
	const struct selection selection = app->selection;
	const void *items[] = { common };
	int r;

	app->selection.count = 0;
	for (size_t i = 0; i < noun->attr_count; i++)
		if (noun->attrs[i].rows)
			app->selection.attrs[app->selection.count++] = &noun->attrs[i];
	puts("\nCommon to all of them:");
	r = render(app, VIEW_SHOW, &(struct objects){ items, 1 }, NULL);
	app->selection = selection;
	return r;
}

int units_print(struct app *app, enum view view)
{
	const struct iommuctl_iommu *common = iommuctl_topology_get_common(app->topology);
	int r;

	if (!iommuctl_topology_get_disagreement(app->topology, 0))
		return EXIT_DONE;
	putchar('\n');
	r = print_table(app);
	return r == EXIT_DONE && common && view == VIEW_SHOW ? print_common(app, common) : r;
}
