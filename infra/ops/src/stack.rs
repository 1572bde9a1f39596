//! A deployed stack, found by its name through CloudFormation's outputs.

use std::collections::HashMap;

use aws_sdk_s3::Client as Files;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_sqs::Client as Queues;
use kit::runtime::aws::cause;
use store::Store;

use crate::Failure;

#[derive(Clone)]
pub(crate) struct Stack {
    outputs: HashMap<String, String>,
    pub(crate) store: Store,
    pub(crate) secrets: SecretsManager,
    pub(crate) queues: Queues,
    pub(crate) files: Files,
}

impl Stack {
    pub(crate) async fn find(name: &str) -> Result<Self, Failure> {
        let aws = kit::runtime::aws::config().await;
        let sent = aws_sdk_cloudformation::Client::new(&aws).describe_stacks().stack_name(name).send().await;
        let answer = sent.map_err(|error| format!("no stack {name}: {}", cause(&error)))?;
        let stack = answer.stacks.unwrap_or_default().into_iter().next().ok_or_else(|| format!("no stack {name}"))?;
        let outputs: HashMap<String, String> = stack
            .outputs
            .unwrap_or_default()
            .into_iter()
            .filter_map(|o| Some((o.output_key?, o.output_value?)))
            .collect();
        let table = outputs.get("TableName").ok_or("the stack has no output TableName")?;
        Ok(Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(&aws), table),
            secrets: SecretsManager::new(&aws),
            queues: Queues::new(&aws),
            files: Files::new(&aws),
            outputs,
        })
    }

    pub(crate) fn output(&self, name: &str) -> Result<&str, Failure> {
        Ok(self.outputs.get(name).ok_or_else(|| format!("the stack has no output {name}"))?)
    }

    pub(crate) async fn read_secret(&self, output: &str) -> Result<Option<String>, Failure> {
        let sent = self.secrets.get_secret_value().secret_id(self.output(output)?).send().await;
        Ok(sent.map_err(|error| cause(&error))?.secret_string)
    }

    pub(crate) async fn write_secret(&self, output: &str, value: String) -> Result<(), Failure> {
        let sent = self.secrets.put_secret_value().secret_id(self.output(output)?).secret_string(value).send().await;
        Ok(sent.map(drop).map_err(|error| cause(&error))?)
    }
}
