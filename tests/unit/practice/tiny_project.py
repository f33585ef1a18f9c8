"""A tiny sf project and orgs made of it: enough metadata to meet every kind of rule once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from connector.practice.clock import PracticeClock
from connector.practice.org import Org
from connector.practice.schema import Schema, load_schema

NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'


def field(kind: str, name: str, inner: str) -> str:
    return (
        f"{XML}<CustomField {NS}><fullName>{name}</fullName><label>{name[:-3].replace('_', ' ')}</label>"
        f"<type>{kind}</type>{inner}</CustomField>"
    )


def value_set(*values: str, restricted: bool = True, default: str | None = None) -> str:
    rows = "".join(
        f"<value><fullName>{each}</fullName><default>{str(each == default).lower()}</default>"
        f"<label>{each}</label></value>"
        for each in values
    )
    return (
        f"<valueSet><restricted>{str(restricted).lower()}</restricted>"
        f"<valueSetDefinition><sorted>false</sorted>{rows}</valueSetDefinition></valueSet>"
    )


FILES = {
    "objects/Deal__c/Deal__c.object-meta.xml": (
        f"{XML}<CustomObject {NS}><label>Deal</label><pluralLabel>Deals</pluralLabel>"
        "<enableHistory>true</enableHistory><sharingModel>ReadWrite</sharingModel>"
        "<nameField><label>Number</label><type>AutoNumber</type>"
        "<displayFormat>D-{0000}</displayFormat></nameField></CustomObject>"
    ),
    "objects/Deal__c/fields/Stage__c.field-meta.xml": field(
        "Picklist", "Stage__c", "<trackHistory>true</trackHistory>" + value_set("Open", "Won", default="Open")
    ),
    "objects/Deal__c/fields/Firm__c.field-meta.xml": field(
        "Lookup",
        "Firm__c",
        "<referenceTo>Account</referenceTo><relationshipName>Deals</relationshipName>"
        "<trackHistory>true</trackHistory>",
    ),
    "objects/Deal__c/fields/Key__c.field-meta.xml": field(
        "Text", "Key__c", "<length>40</length><externalId>true</externalId><unique>true</unique>"
    ),
    "objects/Deal__c/fields/Since__c.field-meta.xml": field("DateTime", "Since__c", ""),
    "objects/Deal__c/fields/Value__c.field-meta.xml": field(
        "Currency", "Value__c", "<precision>10</precision><scale>2</scale>"
    ),
    "objects/Deal__c/fields/Regions__c.field-meta.xml": field(
        "MultiselectPicklist", "Regions__c", value_set("North", "South", "West")
    ),
    "objects/Deal__c/fields/Firm_Name__c.field-meta.xml": field(
        "Text", "Firm_Name__c", "<formula>UPPER(Firm__r.Name)</formula>"
    ),
    "objects/Deal__c/fields/Double_Value__c.field-meta.xml": field(
        "Number",
        "Double_Value__c",
        "<formula>Value__c * 2</formula><precision>18</precision><scale>2</scale>"
        "<formulaTreatBlanksAs>BlankAsZero</formulaTreatBlanksAs>",
    ),
    "objects/Deal__c/validationRules/Won_Needs_Value.validationRule-meta.xml": (
        f"{XML}<ValidationRule {NS}><fullName>Won_Needs_Value</fullName><active>true</active>"
        '<errorConditionFormula>AND(ISPICKVAL(Stage__c, "Won"), ISBLANK(Value__c))</errorConditionFormula>'
        "<errorDisplayField>Value__c</errorDisplayField>"
        "<errorMessage>A won deal has a value</errorMessage></ValidationRule>"
    ),
    "objects/Deal__c/validationRules/Asleep.validationRule-meta.xml": (
        f"{XML}<ValidationRule {NS}><fullName>Asleep</fullName><active>false</active>"
        "<errorConditionFormula>TRUE</errorConditionFormula>"
        "<errorMessage>never said</errorMessage></ValidationRule>"
    ),
    "objects/Deal_Note__c/Deal_Note__c.object-meta.xml": (
        f"{XML}<CustomObject {NS}><label>Deal Note</label><pluralLabel>Deal Notes</pluralLabel>"
        "<sharingModel>ControlledByParent</sharingModel>"
        "<nameField><label>Subject</label><type>Text</type></nameField></CustomObject>"
    ),
    "objects/Deal_Note__c/fields/Deal__c.field-meta.xml": field(
        "MasterDetail",
        "Deal__c",
        "<referenceTo>Deal__c</referenceTo><relationshipName>Notes</relationshipName>",
    ),
    "objects/Deal_Note__c/fields/Weight__c.field-meta.xml": field(
        "Number", "Weight__c", "<precision>5</precision><scale>1</scale>"
    ),
    "objects/Deal__c/fields/Notes_Weight__c.field-meta.xml": field(
        "Summary",
        "Notes_Weight__c",
        "<summarizedField>Deal_Note__c.Weight__c</summarizedField>"
        "<summaryForeignKey>Deal_Note__c.Deal__c</summaryForeignKey>"
        "<summaryOperation>sum</summaryOperation>",
    ),
    "objects/Secret__c/Secret__c.object-meta.xml": (
        f"{XML}<CustomObject {NS}><label>Secret</label><pluralLabel>Secrets</pluralLabel>"
        "<sharingModel>Private</sharingModel>"
        "<nameField><label>Name</label><type>Text</type></nameField></CustomObject>"
    ),
    "objects/Lead/fields/Verdict__c.field-meta.xml": field("Text", "Verdict__c", "<length>20</length>"),
    "objects/Lead/fields/Owner_Since__c.field-meta.xml": field("DateTime", "Owner_Since__c", ""),
    "objects/Lead/fields/Heat__c.field-meta.xml": field(
        "Picklist", "Heat__c", value_set("Cold", "Warm", restricted=False)
    ),
    "flows/Deal_Stamp.flow-meta.xml": (
        f"{XML}<Flow {NS}><decisions><name>Moved</name>"
        "<defaultConnectorLabel>No</defaultConnectorLabel>"
        "<rules><name>Yes</name><conditionLogic>or</conditionLogic>"
        "<conditions><leftValueReference>Is_New</leftValueReference><operator>EqualTo</operator>"
        "<rightValue><booleanValue>true</booleanValue></rightValue></conditions>"
        "<conditions><leftValueReference>$Record.Stage__c</leftValueReference>"
        "<operator>IsChanged</operator>"
        "<rightValue><booleanValue>true</booleanValue></rightValue></conditions>"
        "<connector><targetReference>Stamp</targetReference></connector></rules></decisions>"
        "<formulas><name>Is_New</name><dataType>Boolean</dataType><expression>ISNEW()</expression></formulas>"
        "<recordUpdates><name>Stamp</name><inputAssignments><field>Since__c</field>"
        "<value><elementReference>$Flow.CurrentDateTime</elementReference></value></inputAssignments>"
        "<inputReference>$Record</inputReference></recordUpdates>"
        "<start><connector><targetReference>Moved</targetReference></connector><object>Deal__c</object>"
        "<recordTriggerType>CreateAndUpdate</recordTriggerType>"
        "<triggerType>RecordBeforeSave</triggerType></start><status>Active</status></Flow>"
    ),
    "flows/Lead_Stamp.flow-meta.xml": (
        f"{XML}<Flow {NS}><assignments><name>Set</name><assignmentItems>"
        "<assignToReference>$Record.Owner_Since__c</assignToReference><operator>Assign</operator>"
        "<value><elementReference>$Flow.CurrentDateTime</elementReference></value>"
        "</assignmentItems></assignments>"
        "<start><connector><targetReference>Set</targetReference></connector>"
        "<filterFormula>OR(ISNEW(), ISCHANGED({!$Record.OwnerId}))</filterFormula><object>Lead</object>"
        "<recordTriggerType>CreateAndUpdate</recordTriggerType>"
        "<triggerType>RecordBeforeSave</triggerType></start><status>Active</status></Flow>"
    ),
    "assignmentRules/Lead.assignmentRules-meta.xml": (
        f"{XML}<AssignmentRules {NS}><assignmentRule><fullName>Hot</fullName><active>true</active>"
        "<ruleEntry><assignedTo>Pool</assignedTo><assignedToType>Queue</assignedToType>"
        "<criteriaItems><field>Lead.Heat__c</field><operation>equals</operation><value>Warm</value>"
        "</criteriaItems></ruleEntry></assignmentRule></AssignmentRules>"
    ),
    "queues/Pool.queue-meta.xml": (
        f"{XML}<Queue {NS}><fullName>Pool</fullName><name>The Pool</name>"
        "<queueSobject><sobjectType>Lead</sobjectType></queueSobject></Queue>"
    ),
    "permissionsets/Robot.permissionset-meta.xml": (
        f"{XML}<PermissionSet {NS}><label>Robot</label>"
        "<customPermissions><enabled>true</enabled><name>Robot_Writes</name></customPermissions>"
        "<fieldPermissions><editable>false</editable><field>Deal__c.Since__c</field>"
        "<readable>true</readable></fieldPermissions>"
        "<fieldPermissions><editable>true</editable><field>Deal__c.Stage__c</field>"
        "<readable>true</readable></fieldPermissions>"
        "<fieldPermissions><editable>true</editable><field>Lead.Verdict__c</field>"
        "<readable>true</readable></fieldPermissions>"
        "<objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete>"
        "<allowEdit>true</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords>"
        "<object>Deal__c</object><viewAllRecords>false</viewAllRecords></objectPermissions></PermissionSet>"
    ),
}


def write_project(root: Path) -> Path:
    """Lay the project's files out below `root`."""
    for name, text in FILES.items():
        path = root / "force-app" / "main" / "default" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def tiny_schema(root: Path) -> Schema:
    return load_schema(write_project(root))


def tiny_org(root: Path) -> Org:
    """An org on a clock that stands at noon until it is advanced."""
    return Org(tiny_schema(root / "project"), path=root / "org.sqlite", clock=PracticeClock(frozen_at=NOON))


def queue_id(org: Org, name: str = "Pool") -> str:
    row = org.reader().execute('SELECT Id FROM "Group" WHERE DeveloperName = ?', (name,)).fetchone()
    return str(row[0])
